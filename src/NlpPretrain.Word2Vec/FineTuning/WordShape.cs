using System.Globalization;
using System.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>What a word's characters and its place say where its vector says nothing: eight features, each 0 or 1.</summary>
internal static class WordShape
{
    public const int Count = 8;

    public static void Write(IReadOnlyList<string> words, int index, bool known, Span<float> features)
    {
        bool upper = false, lower = false, digit = false, letter = false, hyphen = false, first = true, capital = false;
        foreach (Rune rune in words[index].EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            capital |= first && category is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter;
            upper |= category == UnicodeCategory.UppercaseLetter;
            lower |= category == UnicodeCategory.LowercaseLetter;
            letter |= Rune.IsLetter(rune);
            digit |= category == UnicodeCategory.DecimalDigitNumber;
            hyphen |= category == UnicodeCategory.DashPunctuation;
            first = false;
        }

        ReadOnlySpan<bool> values = [!known, capital, upper && !lower, digit, hyphen, !letter && !digit, index == 0, index == words.Count - 1];
        for (int k = 0; k < Count; k++) features[k] = values[k] ? 1 : 0;
    }
}
