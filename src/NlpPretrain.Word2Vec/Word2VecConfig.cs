namespace NlpPretrain.Word2Vec;

/// <summary>The architecture of a Word2Vec model: what predicts what, and how.</summary>
/// <remarks>The defaults are those of the original program.</remarks>
public sealed record Word2VecConfig
{
    /// <summary>Whether a word predicts its neighbours or they predict it. Default skip-gram.</summary>
    public Word2VecArchitecture Architecture { get; init; } = Word2VecArchitecture.SkipGram;

    /// <summary>What stands in for the softmax over the vocabulary. Default negative sampling.</summary>
    public Word2VecObjective Objective { get; init; } = Word2VecObjective.NegativeSampling;

    /// <summary>Length of a word vector, 1 to 65,536. Default 100.</summary>
    public int Dimensions { get; init; } = 100;

    /// <summary>The most words on each side that count as neighbours, 1 to 1,000. Default 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Whether each window's size is drawn uniformly from 1 to <see cref="Window"/>, so that near words count more. Default true.</summary>
    public bool ShrinkWindow { get; init; } = true;

    /// <summary>How CBOW combines its neighbours. Default mean.</summary>
    public CbowCombination CbowCombination { get; init; } = CbowCombination.Mean;

    /// <summary>Noise words a prediction, 1 to 1,000. Default 5. Negative sampling only.</summary>
    public int NegativeSamples { get; init; } = 5;

    /// <summary>Noise words are drawn with probability proportional to count^exponent, −2 to 2. Default 0.75. Negative sampling only.</summary>
    public double NoiseExponent { get; init; } = 0.75;

    /// <summary>Whether the words of a window share their noise words. Default <see cref="NoiseSharing.Window"/>. Skip-gram with negative sampling only.</summary>
    public NoiseSharing NoiseSharing { get; init; } = NoiseSharing.Window;

    /// <summary>
    /// Threshold t of subsampling: an occurrence of a word with relative frequency f is kept with probability √(t/f) + t/f. 0 keeps all; at most 1. Default 0.001.
    /// </summary>
    public double Subsampling { get; init; } = 1e-3;

    internal void Validate()
    {
        RequireRange(Dimensions, 1, 65_536, nameof(Dimensions));
        RequireRange(Window, 1, 1_000, nameof(Window));
        RequireRange(NegativeSamples, 1, 1_000, nameof(NegativeSamples));
        RequireRange(NoiseExponent, -2, 2, nameof(NoiseExponent));
        RequireRange(Subsampling, 0, 1, nameof(Subsampling));
        RequireDefined(Architecture, nameof(Architecture));
        RequireDefined(Objective, nameof(Objective));
        RequireDefined(CbowCombination, nameof(CbowCombination));
        RequireDefined(NoiseSharing, nameof(NoiseSharing));
    }

    private static void RequireRange(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it must be from {least} to {most} (Word2VecConfig.{name})."));
    }

    private static void RequireDefined<T>(T value, string name)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentException($"{name} is {value}; it must be one of {string.Join(", ", Enum.GetNames<T>())} (Word2VecConfig.{name}).");
    }
}
