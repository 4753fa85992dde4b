using System.Text;
using CsCheck;

namespace NlpPretrain.Text.Tests;

/// <summary>Generators of text for properties.</summary>
internal static class AnyText
{
    private static readonly Gen<string> Word = Gen.Char["abcdeghilnorstuxzABIéßİıÅ"].Array[1, 8].Select(units => new string(units));

    private static readonly Gen<string> Known = Gen.OneOf("the", "quick", "quicker", "unaffable", "中文", "漢字かな", "한국어", "привет", "ΣΊΣΥΦΟΣ", "𠮷野", "naïve", "[SEP]", "[MASK]", "<unk>", "<s>");

    private static readonly Gen<string> Mark = Gen.OneOf("'s", "'ll", "n't", "...", "…", "—", "!!", "?", ".", ",", "#", "##", "-", "\"", "\\", "«", "$5", "1,000", "½", "٣", "\u200E", "\0", "\u0007", "\uFFFD");

    private static readonly Gen<string> Space = Gen.OneOf(" ", " ", " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u3000", "\u2028", "\u0085", " \n ");

    private static readonly Gen<string> Joined = Gen.OneOf("👩\u200D💻", "👋🏽", "🇨🇳", "e\u0301", "\u0301", "ñ\u0323", "\u1100\u1161\u11A8", "각", "ﷺ", "ǆ", "ﬁ", "𝒜", "\U000E0041", "\uFEFF", "▁");

    private static readonly Gen<string> Rune = Gen.Int[0, 0x10F7FF].Select(number => new Rune(number < 0xD800 ? number : number + 0x800).ToString());

    private static readonly Gen<string> Unit = Gen.Char.Select(unit => unit.ToString());

    private static readonly Gen<string> Half = Gen.Int[0xD800, 0xDFFF].Select(unit => ((char)unit).ToString());

    /// <summary>Text without lone surrogates.</summary>
    internal static readonly Gen<string> Valid = Gen.OneOf(Word, Known, Mark, Space, Space, Joined, Rune).Array[0, 24].Select(string.Concat);

    /// <summary>Any UTF-16, lone surrogates among it.</summary>
    internal static readonly Gen<string> Utf16 = Gen.OneOf(Word, Known, Mark, Space, Space, Joined, Rune, Unit, Half).Array[0, 24].Select(string.Concat);

    /// <summary>The documented rule for lone surrogates: each is U+FFFD.</summary>
    internal static string Repaired(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
