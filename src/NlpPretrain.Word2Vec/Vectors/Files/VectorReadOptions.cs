namespace NlpPretrain.Word2Vec;

/// <summary>What a reader of vector files accepts.</summary>
public sealed record VectorReadOptions
{
    internal static readonly VectorReadOptions Default = new();

    /// <summary>What to do with a word that an earlier one equals; default: refuse the file.</summary>
    public DuplicateWords Duplicates { get; init; } = DuplicateWords.Refuse;

    /// <summary>What to do with a word that is not valid UTF-8; default: refuse the file.</summary>
    public InvalidWords InvalidWords { get; init; } = InvalidWords.Refuse;

    /// <summary>The longest word, in bytes of UTF-8; default 1024, at most 65,536.</summary>
    public int MaximumWordBytes { get; init; } = 1024;

    /// <summary>Only the first so many vectors are read; null (the default) for all. What follows them is not looked at.</summary>
    public int? MaximumWords { get; init; }

    /// <summary>Threads at most; default: one a processor. The result does not depend on it.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumWordBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumWordBytes, 65_536);
        ArgumentOutOfRangeException.ThrowIfNegative(MaximumWords ?? 0, nameof(MaximumWords));
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
    }
}
