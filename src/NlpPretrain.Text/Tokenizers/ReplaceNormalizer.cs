using System.Text;

namespace NlpPretrain.Text;

/// <summary>Puts other characters in the place of some, wherever they are found, from left to right. Hugging Face's <c>Replace</c> of a string.</summary>
/// <remarks>What comes in has the place of the last character that it replaces.</remarks>
public sealed class ReplaceNormalizer : TextNormalizer
{
    /// <summary>Makes the normalizer.</summary>
    /// <param name="pattern">What is looked for, character by character; not empty.</param>
    /// <param name="content">What comes in its place; may be empty.</param>
    public ReplaceNormalizer(string pattern, string content)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(content);
        (Pattern, Content) = (pattern, content);
    }

    /// <summary>What is looked for.</summary>
    public string Pattern { get; }

    /// <summary>What comes in its place.</summary>
    public string Content { get; }

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> old = text.Text;
        if (!old.Contains(Pattern, StringComparison.Ordinal)) return;

        Rune.DecodeLastFromUtf16(Pattern, out _, out int last);
        text.BeginRewrite();
        for (int at = 0; at < old.Length;)
        {
            int found = old[at..].IndexOf(Pattern, StringComparison.Ordinal);
            int end = found < 0 ? old.Length : at + found;
            for (; at < end; at++) text.Write(old[at], at, 1);
            if (found < 0) break;

            text.Write(Content, at + Pattern.Length - last, last);
            at += Pattern.Length;
        }

        text.EndRewrite();
    }
}
