namespace NlpPretrain.Text;

/// <summary>What a <see cref="BytePairModel"/> starts its merges from.</summary>
public sealed record BytePairOptions
{
    /// <summary>GPT-1's form: characters, the last of each word marked by <c>&lt;/w&gt;</c>; unknown characters are <c>&lt;unk&gt;</c>.</summary>
    public static BytePairOptions Gpt1 { get; } = new() { EndOfWordSuffix = "</w>", UnknownPiece = "<unk>" };

    /// <summary>GPT-2's form: the bytes of UTF-8, so that nothing is unknown.</summary>
    public static BytePairOptions Gpt2 { get; } = new() { IsByteLevel = true };

    /// <summary>Whether a word is taken as bytes of UTF-8, written in <see cref="ByteAlphabet"/>, and not as characters. Default false.</summary>
    public bool IsByteLevel { get; init; }

    /// <summary>What the last character of a word ends with. Default: empty. A byte-level model has none.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>
    /// The piece that stands for a character, or byte, that the vocabulary lacks. Default null, which is allowed only where nothing is
    /// unknown: in a byte-level model with all 256 bytes.
    /// </summary>
    public string? UnknownPiece { get; init; }
}
