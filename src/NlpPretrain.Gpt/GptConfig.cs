using System.Globalization;
using NlpPretrain.Initialization;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Where a block has its norms.</summary>
public enum GptArchitecture
{
    /// <summary>Behind each sub-layer: Radford et al. 2018.</summary>
    Gpt1,

    /// <summary>Before each sub-layer, and one more behind the last block: Radford et al. 2019.</summary>
    Gpt2,
}

/// <summary>The architecture of a GPT.</summary>
/// <remarks>The defaults are those of GPT-1, but for the first weights. Source: Radford et al. 2018, section 4.1.</remarks>
public sealed record GptConfig
{
    private const double PaperDeviation = 0.02;

    private readonly double? _initialDeviation;

    /// <summary>Where a block has its norms. Default <see cref="GptArchitecture.Gpt1"/>.</summary>
    public GptArchitecture Architecture { get; init; } = GptArchitecture.Gpt1;

    /// <summary>Number of blocks, 1 to 1,000. Default 12.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>H, attention heads, a divisor of <see cref="Width"/> that leaves each at most 256 columns. Default 12.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>C, the size of a position's vector, 1 to 65,536. Default 768.</summary>
    public int Width { get; init; } = 768;

    /// <summary>The most tokens of a sequence, 1 to 1,048,576. Default 512.</summary>
    public int ContextLength { get; init; } = 512;

    /// <summary>V, at least 1. Default null: as many as the tokenizer has, which the pretrainer fills in; the config of a model has it always.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>Whether the output projection is the table of the token embeddings, not one of its own. Default true.</summary>
    public bool TiesOutput { get; init; } = true;

    /// <summary>The part of the embeddings' values that training drops, 0 to below 1. Default 0.1.</summary>
    public float EmbeddingDropout { get; init; } = 0.1f;

    /// <summary>The part of the attention's probabilities that training drops, 0 to below 1. Default 0.1.</summary>
    public float AttentionDropout { get; init; } = 0.1f;

    /// <summary>The part of each sub-layer's output that training drops, 0 to below 1. Default 0.1.</summary>
    public float ResidualDropout { get; init; } = 0.1f;

    /// <summary>ε, what each norm adds to the variance, positive. Default 1e-5.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Standard deviation of the first weights, positive. Default 1/√C; the presets of the published models have theirs, 0.02.</summary>
    /// <remarks>
    /// Source: Radford et al. 2018, section 4.1. Differs: with 1/√C a sum of C products is as large as its terms under every width. With 0.02 a narrow model hardly hears its attention at first,
    /// and learns much slower: 1.91 nats a character of Tiny Shakespeare, and 1.75 with 1/√C, after the same 2,000 steps of width 128.
    /// </remarks>
    public double InitialDeviation { get => _initialDeviation ?? 1 / Math.Sqrt(Width); init => _initialDeviation = value; }

    /// <summary>GPT-1: 12 blocks of width 768, context 512, 40,478 tokens; 117 million parameters.</summary>
    public static GptConfig Gpt1 => new() { VocabularySize = 40_478, InitialDeviation = PaperDeviation };

    /// <summary>The smallest GPT-2: 12 blocks of width 768, context 1024, 50,257 tokens; 124 million parameters.</summary>
    public static GptConfig Gpt2Small => new() { Architecture = GptArchitecture.Gpt2, ContextLength = 1024, VocabularySize = 50_257, InitialDeviation = PaperDeviation };

    /// <summary>2 blocks of width 128 with 2 heads, context 128: for tests and first steps.</summary>
    public static GptConfig Tiny => new() { Layers = 2, Heads = 2, Width = 128, ContextLength = 128 };

    /// <summary>4 blocks of width 256 with 4 heads, context 256: some minutes on a laptop.</summary>
    public static GptConfig Mini => new() { Layers = 4, Heads = 4, Width = 256, ContextLength = 256 };

    /// <summary>6 blocks of width 384 with 6 heads, context 256: an hour on a laptop.</summary>
    public static GptConfig Small => new() { Layers = 6, Heads = 6, Width = 384, ContextLength = 256 };

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Architecture))
            throw new ArgumentException($"Architecture is {Architecture}; it must be one of {string.Join(", ", Enum.GetNames<GptArchitecture>())} (GptConfig.Architecture).");
        ConfigRange range = new(nameof(GptConfig));
        range.Require(Layers, 1, 1_000, nameof(Layers));
        range.Require(Width, 1, 65_536, nameof(Width));
        range.RequireHeads(Heads, Width);
        range.Require(ContextLength, 1, 1 << 20, nameof(ContextLength));
        if (VocabularySize is { } size) range.Require(size, 1, int.MaxValue, nameof(VocabularySize));
        range.RequireProbability(EmbeddingDropout, nameof(EmbeddingDropout));
        range.RequireProbability(AttentionDropout, nameof(AttentionDropout));
        range.RequireProbability(ResidualDropout, nameof(ResidualDropout));
        range.RequirePositive(NormEpsilon, nameof(NormEpsilon));
        range.RequirePositive(InitialDeviation, nameof(InitialDeviation));
    }

    /// <summary>The number of a model's weights.</summary>
    /// <exception cref="InvalidOperationException">There is no vocabulary's size.</exception>
    public long CountParameters()
    {
        long vocabulary = VocabularySize ?? throw new InvalidOperationException("The vocabulary's size is not known yet; set it to the number of the tokenizer's tokens (GptConfig.VocabularySize).");
        long width = Width, block = 12 * width * width + 13 * width;                             // [3C, C], [C, C], [4C, C], [C, 4C]; their biases and two norms
        return ((TiesOutput ? 1 : 2) * vocabulary + ContextLength) * width + Layers * block + (Architecture == GptArchitecture.Gpt2 ? 2 * width : 0);
    }

    /// <summary>All values in a line, which no culture changes: a checkpoint holds it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{nameof(GptConfig)} {{ Architecture = {Architecture}, Layers = {Layers}, Heads = {Heads}, Width = {Width}, ContextLength = {ContextLength}, VocabularySize = {VocabularySize}, " +
        $"TiesOutput = {TiesOutput}, EmbeddingDropout = {EmbeddingDropout}, AttentionDropout = {AttentionDropout}, ResidualDropout = {ResidualDropout}, NormEpsilon = {NormEpsilon}, " +
        $"InitialDeviation = {InitialDeviation} }}");

    /// <summary>First values of a weight: normal; zeros where the deviation is 0, for a model that a file fills.</summary>
    /// <param name="scale">What the deviation is multiplied by.</param>
    internal Initializer Weights(double scale = 1) => InitialDeviation == 0 ? Initializers.Zeros : Initializers.Normal(InitialDeviation * scale);
}
