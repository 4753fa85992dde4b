namespace NlpPretrain.Text;

/// <summary>Takes white space from the ends of text. Hugging Face's <c>Strip</c>.</summary>
/// <param name="left">Whether from its start.</param>
/// <param name="right">Whether from its end.</param>
public sealed class StripNormalizer(bool left = true, bool right = true) : TextNormalizer
{
    /// <summary>Whether white space goes from the start.</summary>
    public bool Left { get; } = left;

    /// <summary>Whether white space goes from the end.</summary>
    public bool Right { get; } = right;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> old = text.Text;
        int start = 0, end = old.Length;
        while (Left && start < end && char.IsWhiteSpace(old[start])) start++;
        while (Right && end > start && char.IsWhiteSpace(old[end - 1])) end--;
        if (end - start == old.Length) return;

        text.BeginRewrite();
        for (int at = start; at < end; at++) text.Write(old[at], at, 1);
        text.EndRewrite();
    }
}
