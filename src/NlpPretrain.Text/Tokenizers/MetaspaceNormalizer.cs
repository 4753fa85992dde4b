using System.Text;

namespace NlpPretrain.Text;

/// <summary>Makes spaces visible, as SentencePiece does: each space becomes ▁ (U+2581), and one is put before the text.</summary>
/// <remarks>A part of Hugging Face's pre-tokenizer <c>Metaspace</c>; the other is <see cref="MetaspacePreTokenizer"/>. A ▁ of the text itself stays, and is decoded to a space. A ▁ that is put in has the first character's place, one for a run the last's.</remarks>
/// <param name="addPrefixSpace">Whether to put ▁ before a text that does not begin with a space. Default true; empty text stays empty.</param>
/// <param name="collapseSpaces">Whether runs of white space become one ▁, and go at both ends, as SentencePiece does by default. Default true; false only makes U+0020 to ▁.</param>
public sealed class MetaspaceNormalizer(bool addPrefixSpace = true, bool collapseSpaces = true) : TextNormalizer
{
    /// <summary>What a space becomes.</summary>
    public const char Mark = '\u2581';

    /// <summary>Whether ▁ is put before a text that does not begin with a space.</summary>
    public bool AddPrefixSpace { get; } = addPrefixSpace;

    /// <summary>Whether runs of white space become one ▁, and go at both ends.</summary>
    public bool CollapseSpaces { get; } = collapseSpaces;

    /// <summary>Whether ▁ is put only before the first character of a whole text, and neither behind a special token nor where a normalizer before has taken what the text begins with: <c>prepend_scheme</c> <c>first</c>. Default false.</summary>
    public bool OnlyFirst { get; init; }

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        ArgumentNullException.ThrowIfNull(text);

        text.BeginRewrite();
        ReadOnlySpan<char> old = text.Text;
        int at = 0, end = old.Length;
        if (CollapseSpaces)
        {
            while (at < end && char.IsWhiteSpace(old[at])) at++;
            while (end > at && char.IsWhiteSpace(old[end - 1])) end--;
        }

        if (AddPrefixSpace && at < end && (!OnlyFirst || (text.IsFirst && text.OriginOf(at, 1).Start == 0)) && old[at] is not (' ' or Mark))
        {
            Rune.DecodeFromUtf16(old[at..], out _, out int first);
            text.Write(Mark, at, first);
        }

        while (at < end)
        {
            int start = at++;
            if (CollapseSpaces && char.IsWhiteSpace(old[start]))
            {
                while (char.IsWhiteSpace(old[at])) at++;
                text.Write(Mark, at - 1, 1);
            }
            else
            {
                text.Write(old[start] == ' ' ? Mark : old[start], start, 1);
            }
        }

        text.EndRewrite();
    }
}
