namespace NlpPretrain.Text;

/// <summary>The special tokens that a tokenizer puts around a text and between two: <c>Start a End</c> and <c>Start a Between b End</c>.</summary>
/// <remarks>The second text and what follows it have segment 1, everything before it segment 0.</remarks>
public sealed record TokenFrame
{
    /// <summary>No special tokens.</summary>
    public static TokenFrame None { get; } = new();

    /// <summary>BERT's frame: <c>[CLS] a [SEP]</c> and <c>[CLS] a [SEP] b [SEP]</c>.</summary>
    public static TokenFrame Bert { get; } = new() { Start = ["[CLS]"], Between = ["[SEP]"], End = ["[SEP]"] };

    /// <summary>Tokens before the first text. None by default.</summary>
    public IReadOnlyList<string> Start { get; init; } = [];

    /// <summary>Tokens between the texts of a pair. None by default.</summary>
    public IReadOnlyList<string> Between { get; init; } = [];

    /// <summary>Tokens after the last text. None by default.</summary>
    public IReadOnlyList<string> End { get; init; } = [];

    /// <summary>Whether tokens' offsets leave out the spaces at their ends, as byte-level tokens have them: <c>trim_offsets</c>. Default false.</summary>
    public bool TrimOffsets { get; init; }

    /// <summary>
    /// Whether <see cref="TrimOffsets"/> leaves a text's first token the spaces before it; <c>add_prefix_space</c> of Hugging Face's post-processor <c>ByteLevel</c>. Default false.
    /// </summary>
    public bool KeepFirstSpaces { get; init; }
}
