namespace NlpPretrain.Word2Vec;

/// <summary>How analogies are asked.</summary>
public sealed record AnalogyOptions
{
    /// <summary>The objective; default <see cref="AnalogyMethod.CosAdd"/>.</summary>
    public AnalogyMethod Method { get; init; } = AnalogyMethod.CosAdd;

    /// <summary>Only the first so many words, by custom the most frequent, are known and are candidates; default 30,000, as published figures use.</summary>
    public int Within { get; init; } = 30_000;

    /// <summary>Whether words that differ in case only are the same word, of which the first has the vector; default true, as in the original program.</summary>
    public bool IgnoreCase { get; init; } = true;

    /// <summary>Threads at most; default: one a processor. The result does not depend on it.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
