using System.Text;

namespace NlpPretrain.Text;

/// <summary>Joins pieces and makes each ▁ (U+2581) a space again.</summary>
/// <param name="dropPrefixSpace">Whether a space at the start is dropped. Default true, as <see cref="MetaspaceNormalizer"/> adds one by default.</param>
public sealed class MetaspaceDecoder(bool dropPrefixSpace = true) : TokenDecoder
{
    /// <summary>Whether a space at the start is dropped.</summary>
    public bool DropPrefixSpace { get; } = dropPrefixSpace;

    /// <inheritdoc/>
    public override string Decode(IReadOnlyList<string> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);

        StringBuilder text = new();
        foreach (string piece in pieces) text.Append(piece);
        text.Replace(MetaspaceNormalizer.Mark, ' ');
        if (DropPrefixSpace && text.Length > 0 && text[0] == ' ') text.Remove(0, 1);
        return text.ToString();
    }
}
