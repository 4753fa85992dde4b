namespace NlpPretrain.Text;

/// <summary>Puts characters before text, whatever it begins with; empty text stays empty.</summary>
/// <remarks>Hugging Face's <c>Prepend</c>. What is put there has the first character's place.</remarks>
/// <param name="prefix">The characters, such as <c>▁</c>.</param>
public sealed class PrependNormalizer(string prefix) : TextNormalizer
{
    /// <summary>The characters.</summary>
    public string Prefix { get; } = prefix;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.Prepend(Prefix);
    }
}
