using System.Globalization;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>BERT's words: what stands between white space, each punctuation character a word of its own.</summary>
/// <remarks>Source: google-research/bert, tokenization.py, <c>_run_split_on_punc</c>.</remarks>
public sealed class BertPreTokenizer : PreTokenizer
{
    private enum Kind : byte
    {
        Word,
        Space,
        Punctuation,
        Surrogate,
    }

    private static readonly Kind[] Kinds = CreateKinds();

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<(int Start, int Length)> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        int start = 0, length;
        for (int i = 0; i < text.Length; i += length)
        {
            length = 1;
            Kind kind = Kinds[text[i]];
            if (kind == Kind.Word) continue;
            if (kind == Kind.Surrogate)
            {
                if (Rune.DecodeFromUtf16(text[i..], out Rune rune, out length) != System.Buffers.OperationStatus.Done || !IsPunctuation(rune)) continue;
                kind = Kind.Punctuation;
            }

            if (i > start) words.Add((start, i - start));
            if (kind == Kind.Punctuation) words.Add((i, length));
            start = i + length;
        }

        if (text.Length > start) words.Add((start, text.Length - start));
    }

    /// <summary>Whether BERT takes a character as punctuation: Unicode's category P, and every character of ASCII that is no letter, digit, space or control.</summary>
    /// <param name="rune">The character, such as <c>$</c>, <c>`</c> or <c>。</c>.</param>
    public static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    private static Kind[] CreateKinds()
    {
        Kind[] kinds = new Kind[char.MaxValue + 1];
        for (int i = 0; i < kinds.Length; i++)
        {
            kinds[i] = char.IsSurrogate((char)i) ? Kind.Surrogate
                : char.IsWhiteSpace((char)i) ? Kind.Space
                : IsPunctuation(new Rune(i)) ? Kind.Punctuation
                : Kind.Word;
        }

        return kinds;
    }
}
