namespace NlpPretrain.Word2Vec;

/// <summary>How two languages are mapped, and how translations are found.</summary>
public sealed record BilingualOptions
{
    /// <summary>Whether each vector is scaled to length 1 before the map is learned; default true.</summary>
    public bool UnitLength { get; init; } = true;

    /// <summary>Whether the mean of each language's vectors is then subtracted; default true.</summary>
    public bool Center { get; init; } = true;

    /// <summary>Only the first so many words of each language, by custom the most frequent, are candidates and neighbours; default 50,000.</summary>
    /// <remarks>The first use of <see cref="BilingualRetrieval.Csls"/> compares each of these with each of the other language's.</remarks>
    public int Within { get; init; } = 50_000;

    /// <summary>The number of neighbours in <see cref="BilingualRetrieval.Csls"/>; default 10, as in the paper.</summary>
    public int Neighbors { get; init; } = 10;

    /// <summary>Threads at most; default: one a processor. The result does not depend on it.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
