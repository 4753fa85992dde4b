namespace NlpPretrain.Elmo;

/// <summary>What one direction reads in a step of pretraining, and the word that follows each token in its direction; its memory is used again.</summary>
/// <param name="config">The model's.</param>
public sealed class ElmoWindow(ElmoConfig config)
{
    /// <summary>A target that does not count, such as one behind the end of a text.</summary>
    public const int NoTarget = -1;

    private int[] _targets = [];

    /// <summary>B sequences of T tokens, in the order in which the direction reads them.</summary>
    public ElmoBatch Tokens { get; } = new(config);

    /// <summary>The word that follows each token in that order, an id of the vocabulary or <see cref="NoTarget"/>, [B·T].</summary>
    public ReadOnlySpan<int> Targets => _targets.AsSpan(0, Tokens.Shape.Size);

    /// <summary>Takes tokens and targets, in place of those before.</summary>
    /// <param name="numbers">B·T ids, or B·T times M characters, sequence by sequence.</param>
    /// <param name="targets">B·T ids.</param>
    /// <param name="sequences">B</param>
    /// <exception cref="ArgumentException">There are no tokens, they do not divide into so many sequences, or there is not a target for each.</exception>
    public void Fill(ReadOnlySpan<int> numbers, ReadOnlySpan<int> targets, int sequences)
    {
        Tokens.Fill(numbers, sequences);
        if (targets.Length != Tokens.Shape.Size)
            throw new ArgumentException($"{targets.Length} targets were given for {Tokens.Shape.Size} tokens; each needs one (ElmoWindow.NoTarget for none).", nameof(targets));
        if (_targets.Length < targets.Length) _targets = new int[targets.Length];
        targets.CopyTo(_targets);
    }
}
