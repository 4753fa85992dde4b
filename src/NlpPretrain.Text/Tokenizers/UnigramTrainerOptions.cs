namespace NlpPretrain.Text;

/// <summary>How a <see cref="UnigramTrainer"/> makes a vocabulary.</summary>
public sealed record UnigramTrainerOptions
{
    /// <summary>Pieces of the vocabulary, special tokens included; fewer where the corpus does not have as many. Default 8,000, as SentencePiece.</summary>
    public int VocabularySize { get; init; } = 8000;

    /// <summary>
    /// The share of the corpus' characters that are pieces by themselves, the frequent ones first, above 0 and at most 1; the others are unknown. Default 0.9995, as SentencePiece.
    /// </summary>
    public double CharacterCoverage { get; init; } = 0.9995;

    /// <summary>Characters (code points) of the longest piece, ▁ included, at least 1. Default 16, as SentencePiece.</summary>
    public int LongestPiece { get; init; } = 16;

    /// <summary>The most pieces to start from, besides single characters, at least 1. Default 1,000,000, as SentencePiece.</summary>
    public int SeedSize { get; init; } = 1_000_000;

    /// <summary>The share of the pieces that a pruning keeps, above 0 and below 1. Default 0.75, as SentencePiece.</summary>
    public double ShrinkingFactor { get; init; } = 0.75;

    /// <summary>Rounds of expectation and maximization before each pruning, at least 1. Default 2, as SentencePiece.</summary>
    public int SubIterations { get; init; } = 2;

    /// <summary>Whether a piece may not hold letters of two scripts, or letters and other characters. Default true, as SentencePiece; kana and Chinese are one script.</summary>
    public bool SplitByScript { get; init; } = true;

    /// <summary>Tokens that get the first ids, in this order, <see cref="UnknownToken"/> among them. Default &lt;unk&gt;, &lt;s&gt;, &lt;/s&gt;, as SentencePiece.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<unk>", "<s>", "</s>"];

    /// <summary>The special token for unknown characters. Default &lt;unk&gt;.</summary>
    public string UnknownToken { get; init; } = "<unk>";

    /// <summary>Threads, at least 1; the vocabulary does not depend on them. Default null: the number of processors.</summary>
    public int? Workers { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (!(CharacterCoverage > 0 && CharacterCoverage <= 1)) throw Fault(nameof(CharacterCoverage), CharacterCoverage, "above 0 and at most 1");
        if (!(ShrinkingFactor > 0 && ShrinkingFactor < 1)) throw Fault(nameof(ShrinkingFactor), ShrinkingFactor, "above 0 and below 1");
        if (LongestPiece < 1) throw Fault(nameof(LongestPiece), LongestPiece, "at least 1");
        if (SeedSize < 1) throw Fault(nameof(SeedSize), SeedSize, "at least 1");
        if (SubIterations < 1) throw Fault(nameof(SubIterations), SubIterations, "at least 1");
        if (Workers < 1) throw Fault(nameof(Workers), Workers.Value, "at least 1");
        if (SpecialTokens is null || SpecialTokens.Any(string.IsNullOrEmpty)) throw new ArgumentException("A special token is empty (UnigramTrainerOptions.SpecialTokens).");
        if (SpecialTokens.Distinct(StringComparer.Ordinal).Count() < SpecialTokens.Count)
            throw new ArgumentException("A special token is there twice (UnigramTrainerOptions.SpecialTokens).");
        if (!SpecialTokens.Contains(UnknownToken))
            throw new ArgumentException($"The unknown token '{UnknownToken}' is not among the special tokens (UnigramTrainerOptions.UnknownToken).");
        if (VocabularySize <= SpecialTokens.Count) throw Fault(nameof(VocabularySize), VocabularySize, "above the number of special tokens");
    }

    private static ArgumentException Fault(string name, double value, string allowed) =>
        new(FormattableString.Invariant($"{name} is {value}; it must be {allowed} (UnigramTrainerOptions.{name})."));
}
