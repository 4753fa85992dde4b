namespace NlpPretrain.Text;

/// <summary>Cuts text before each ▁ (U+2581), which <see cref="MetaspaceNormalizer"/> puts in the place of spaces.</summary>
public sealed class MetaspacePreTokenizer : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<(int Start, int Length)> words)
    {
        ArgumentNullException.ThrowIfNull(words);

        for (int start = 0; start < text.Length;)
        {
            int length = text[(start + 1)..].IndexOf(MetaspaceNormalizer.Mark) + 1;
            if (length == 0) length = text.Length - start;
            words.Add((start, length));
            start += length;
        }
    }
}
