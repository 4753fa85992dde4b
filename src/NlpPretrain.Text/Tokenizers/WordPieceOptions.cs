namespace NlpPretrain.Text;

/// <summary>How a <see cref="WordPieceModel"/> writes its pieces.</summary>
public sealed record WordPieceOptions
{
    internal const string DefaultPrefix = "##";

    internal static WordPieceOptions Default { get; } = new();

    /// <summary>What marks a piece that goes on with a word. Default <c>##</c>; may be empty.</summary>
    public string Prefix { get; init; } = DefaultPrefix;

    /// <summary>The piece for a word that no pieces make up. Default <c>[UNK]</c>.</summary>
    public string Unknown { get; init; } = "[UNK]";

    /// <summary>The most code points of a word; a longer one is unknown. Default 100, as the published tokenizers have it.</summary>
    public int MaxWordLength { get; init; } = 100;
}
