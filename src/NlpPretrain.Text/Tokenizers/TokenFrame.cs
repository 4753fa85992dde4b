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
}
