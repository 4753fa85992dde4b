namespace NlpPretrain.Text;

/// <summary>How a <see cref="BytePairTrainer"/> makes a vocabulary.</summary>
public sealed record BytePairTrainerOptions
{
    /// <summary>The form of the pieces. Default: <see cref="BytePairOptions.Gpt2"/>.</summary>
    public BytePairOptions Form { get; init; } = BytePairOptions.Gpt2;

    /// <summary>
    /// Pieces of the vocabulary, special tokens and alphabet included, which must have room; fewer where the corpus does not have as many
    /// pairs. Default 32,000.
    /// </summary>
    public int VocabularySize { get; init; } = 32_000;

    /// <summary>How often a pair must be in the corpus to merge, at least 1. Default 2.</summary>
    public long MinimumFrequency { get; init; } = 2;

    /// <summary>The most characters that are pieces by themselves, the frequent ones first; the others are unknown. Default 1,000. Bytes are not limited.</summary>
    public int AlphabetLimit { get; init; } = 1_000;

    /// <summary>Tokens that get the first ids, in this order. Default none. The form's unknown piece is put before them where it is not among them.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>Threads that count words, at least 1; the vocabulary does not depend on them. Default null: the number of processors.</summary>
    public int? Workers { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (Form is null) throw new ArgumentException($"{nameof(Form)} is null ({nameof(BytePairTrainerOptions)}.{nameof(Form)}).");
        if (VocabularySize < 1) throw Fault(nameof(VocabularySize), VocabularySize);
        if (MinimumFrequency < 1) throw Fault(nameof(MinimumFrequency), MinimumFrequency);
        if (AlphabetLimit < 1) throw Fault(nameof(AlphabetLimit), AlphabetLimit);
        if (Workers < 1) throw Fault(nameof(Workers), Workers.Value);
        if (!Form.IsByteLevel && Form.UnknownPiece is null)
        {
            throw new ArgumentException("A model of characters needs a piece for those that it does not know "
                + $"({nameof(BytePairOptions)}.{nameof(BytePairOptions.UnknownPiece)}).");
        }

        if (SpecialTokens is null || SpecialTokens.Any(string.IsNullOrEmpty) || SpecialTokens.Distinct(StringComparer.Ordinal).Count() < SpecialTokens.Count)
        {
            throw new ArgumentException($"A special token is empty, or there twice ({nameof(BytePairTrainerOptions)}.{nameof(SpecialTokens)}).");
        }
    }

    private static ArgumentException Fault(string name, long value) =>
        new(FormattableString.Invariant($"{name} is {value}; it must be at least 1 ({nameof(BytePairTrainerOptions)}.{name})."));
}
