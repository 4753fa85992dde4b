namespace NlpPretrain.Text;

/// <summary>Which words of a corpus a vocabulary takes.</summary>
public sealed record WordVocabularyOptions
{
    /// <summary>The least count of a word, at least 1. Default 5, as in the original word2vec.</summary>
    public int MinCount { get; init; } = 5;

    /// <summary>The most words, at least 1; the most frequent ones are taken. Default null: no limit.</summary>
    public int? MaxSize { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (MinCount < 1) throw new ArgumentException($"MinCount is {MinCount}; it must be at least 1 (WordVocabularyOptions.MinCount).");
        if (MaxSize < 1) throw new ArgumentException($"MaxSize is {MaxSize}; it must be at least 1 (WordVocabularyOptions.MaxSize).");
    }
}
