namespace NlpPretrain.Text;

/// <summary>How a <see cref="Tokenizer"/> encodes a text or a pair.</summary>
public sealed record EncodeOptions
{
    internal static EncodeOptions Default { get; } = new();

    /// <summary>Whether the tokenizer's <see cref="TokenFrame"/> is put around the text. Default true.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>
    /// Whether a special token that is written in the text becomes that token. Default true, as the published tokenizers do; false for text from strangers, who could
    /// write <c>[SEP]</c> to change what the model reads.
    /// </summary>
    public bool MatchSpecialTokens { get; init; } = true;

    /// <summary>
    /// The most tokens, those of the frame included; default null for no limit. What is too long loses tokens from its end; a pair loses them one at a time from
    /// the longer text, and from the second where both are as long.
    /// </summary>
    public int? MaxLength { get; init; }
}
