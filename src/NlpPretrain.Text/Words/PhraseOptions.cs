namespace NlpPretrain.Text;

/// <summary>How much two words that stand next to each other belong together.</summary>
public enum PhraseScore
{
    /// <summary>(count(a b) − δ)·N / (count(a)·count(b)), N the number of words of the corpus: from 0 on.</summary>
    /// <remarks>Source: Mikolov et al. 2013, arXiv:1310.4546, section 4. Differs: multiplied by N, as the program word2phrase does.</remarks>
    Original,

    /// <summary>ln(p(a b) / (p(a)·p(b))) / −ln p(a b), with p = count / N: from −1, never together, to 1, never apart.</summary>
    /// <remarks>Source: Bouma 2009, Normalized (pointwise) mutual information in collocation extraction.</remarks>
    NormalizedPmi,
}

/// <summary>Which pairs of words <see cref="PhraseDetector"/> makes phrases of.</summary>
public sealed record PhraseOptions
{
    /// <summary>What says how much two words belong together. Default the original score.</summary>
    public PhraseScore Score { get; init; } = PhraseScore.Original;

    /// <summary>The score that a phrase has to exceed. Default null: 100 for the original score, 0.5 for normalized PMI.</summary>
    public double? Threshold { get; init; }

    /// <summary>The least count of a phrase and of each of its words, at least 1. Default 5.</summary>
    public int MinCount { get; init; } = 5;

    /// <summary>δ of the original score, at least 0: keeps pairs of rare words from being phrases. Default null: <see cref="MinCount"/>.</summary>
    public double? Discount { get; init; }

    /// <summary>What joins the words of a phrase: no white space. Default "_".</summary>
    public string Delimiter { get; init; } = "_";

    /// <summary>Number of times to look for phrases, at least 1: each finds pairs of the words and phrases before it. Default 1.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>
    /// The most different pairs that are counted at a time, at least 1,000. Default null: no limit, 24 to 48 bytes a pair. With a limit one
    /// thread counts; whenever it is passed, the pairs of the lowest counts are forgotten: those of count 1 first, then of 2, and so on, as in word2phrase.
    /// </summary>
    public int? MaxPairs { get; init; }

    internal double EffectiveThreshold => Threshold ?? (Score == PhraseScore.Original ? 100 : 0.5);

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Score)) throw new ArgumentException($"Score is {(int)Score}; it must be a PhraseScore (PhraseOptions.Score).");
        if (Threshold is { } threshold && !double.IsFinite(threshold))
            throw new ArgumentException(FormattableString.Invariant($"Threshold is {threshold}; it must be finite (PhraseOptions.Threshold)."));
        if (Discount is { } discount && !(discount >= 0 && double.IsFinite(discount)))
            throw new ArgumentException(FormattableString.Invariant($"Discount is {discount}; it must be finite and at least 0 (PhraseOptions.Discount)."));
        if (MinCount < 1) throw new ArgumentException($"MinCount is {MinCount}; it must be at least 1 (PhraseOptions.MinCount).");
        if (Rounds < 1) throw new ArgumentException($"Rounds is {Rounds}; it must be at least 1 (PhraseOptions.Rounds).");
        if (MaxPairs < 1_000) throw new ArgumentException($"MaxPairs is {MaxPairs}; it must be at least 1000 (PhraseOptions.MaxPairs).");
        if (!PhraseTokenizer.IsDelimiter(Delimiter)) throw new ArgumentException("Delimiter is empty or has white space (PhraseOptions.Delimiter).");
    }
}
