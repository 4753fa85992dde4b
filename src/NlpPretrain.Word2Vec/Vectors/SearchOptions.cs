namespace NlpPretrain.Word2Vec;

/// <summary>Which words a search may answer with, and on how many threads it runs.</summary>
public sealed record SearchOptions
{
    internal static readonly SearchOptions Default = new();

    /// <summary>Only the first so many words, by custom the most frequent, are candidates; null (the default) for all.</summary>
    public int? Within { get; init; }

    /// <summary>Words that are no candidates, besides those that the question itself is made of. Unknown words among them are ignored.</summary>
    public IReadOnlyCollection<string> Excluded { get; init; } = [];

    /// <summary>Threads at most; default: one a processor. The result does not depend on it.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The number of candidates before exclusions.</summary>
    internal int CandidatesOf(int count)
    {
        ArgumentNullException.ThrowIfNull(Excluded);
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        int within = Within ?? count;
        ArgumentOutOfRangeException.ThrowIfNegative(within, nameof(Within));
        return Math.Min(within, count);
    }
}
