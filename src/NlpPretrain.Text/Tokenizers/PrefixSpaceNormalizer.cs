namespace NlpPretrain.Text;

/// <summary>Puts a space before text that does not begin with one, so that its first word is as it is elsewhere; empty text stays empty.</summary>
/// <remarks>With <see cref="ByteLevelPreTokenizer"/>, what Hugging Face's <c>ByteLevel</c> does by <c>add_prefix_space</c>. The space has the first character's place.</remarks>
public sealed class PrefixSpaceNormalizer : TextNormalizer
{
    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Text.StartsWith(' ')) text.Prepend(" ");
    }
}
