namespace NlpPretrain.Text;

/// <summary>How a <see cref="SentenceFile"/> is made of a corpus.</summary>
internal sealed record SentenceFileOptions
{
    /// <summary>Whether passages are cut to sentences by <see cref="SentenceSplitter"/>; otherwise each is one.</summary>
    public bool SplitsPassages { get; init; } = true;

    /// <summary>Decides which Chinese characters are a word. Null: each is one.</summary>
    public ChineseSegmenter? ChineseWords { get; init; }

    /// <summary>Threads that tokenize, at least 1; the result does not depend on them.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
