namespace NlpPretrain.Text;

/// <summary>How a <see cref="WordPieceTrainer"/> makes a vocabulary.</summary>
public sealed record WordPieceTrainerOptions
{
    /// <summary>How the pieces are written; its unknown piece is put before the special tokens where it is not among them. Default: as BERT.</summary>
    public WordPieceOptions Form { get; init; } = WordPieceOptions.Default;

    /// <summary>
    /// Pieces of the vocabulary, special tokens and alphabet included, which must have room; fewer where the corpus does not have as many pairs. Default 32,000.
    /// </summary>
    public int VocabularySize { get; init; } = 32_000;

    /// <summary>How often a pair must be in the corpus to merge, at least 1. Default 2. While there are pairs that occur much more often, only those merge: see <see cref="WordPieceTrainer"/>.</summary>
    public long MinimumFrequency { get; init; } = 2;

    /// <summary>The most characters of the alphabet, the frequent ones first; words with others are unknown, and not trained on. Default 8,000, for Chinese.</summary>
    public int AlphabetLimit { get; init; } = 8_000;

    /// <summary>Tokens that get the first ids, in this order. Default: <see cref="BertTokenizer.SpecialTokens"/>.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = BertTokenizer.SpecialTokens;

    /// <summary>Threads that count words, at least 1; the vocabulary does not depend on them. Default null: the number of processors.</summary>
    public int? Workers { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (Form is null || string.IsNullOrEmpty(Form.Prefix) || string.IsNullOrEmpty(Form.Unknown) || Form.MaxWordLength < 1)
            throw new ArgumentException($"The form needs a prefix, an unknown piece and words of at least 1 ({nameof(WordPieceTrainerOptions)}.{nameof(Form)}).");
        if (VocabularySize < 1) throw Fault(nameof(VocabularySize), VocabularySize);
        if (MinimumFrequency < 1) throw Fault(nameof(MinimumFrequency), MinimumFrequency);
        if (AlphabetLimit < 1) throw Fault(nameof(AlphabetLimit), AlphabetLimit);
        if (Workers < 1) throw Fault(nameof(Workers), Workers.Value);
        if (SpecialTokens is null || SpecialTokens.Any(string.IsNullOrEmpty) || SpecialTokens.Distinct(StringComparer.Ordinal).Count() < SpecialTokens.Count)
            throw new ArgumentException($"A special token is empty, or there twice ({nameof(WordPieceTrainerOptions)}.{nameof(SpecialTokens)}).");
    }

    private static ArgumentException Fault(string name, long value) =>
        new(FormattableString.Invariant($"{name} is {value}; it must be at least 1 ({nameof(WordPieceTrainerOptions)}.{name})."));
}
