using System.Globalization;
using System.Runtime.CompilerServices;

namespace NlpPretrain.Text;

/// <summary>The class of every character, by a table for those up to U+FFFF.</summary>
internal static class CharacterClasses
{
    internal const char TypographicApostrophe = '\u2019', SoftHyphen = '\u00AD';

    private static readonly CharacterClass[] Table = CreateTable();

    /// <summary>The class of a code unit; surrogates have a class of their own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static CharacterClass Of(char character) => Table[character];

    /// <summary>The class of the character at a place, with its length in code units. A lone surrogate is no letter.</summary>
    internal static CharacterClass At(ReadOnlySpan<char> text, int index, out int length)
    {
        length = 1;
        CharacterClass simple = Table[text[index]];
        if (simple != CharacterClass.Surrogate) return simple;
        if (index + 1 == text.Length || !char.IsSurrogatePair(text[index], text[index + 1])) return CharacterClass.Other;

        length = 2;
        return Of(char.ConvertToUtf32(text[index], text[index + 1]));
    }

    internal static bool IsWordPart(CharacterClass characterClass) => characterClass <= CharacterClass.Mark;

    /// <summary>Whether a character is a Chinese one: the unified and compatibility ideographs, planes 2 and 3, 々 and 〇.</summary>
    internal static bool IsHan(int codePoint) => codePoint
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or 0x3005 or 0x3007
        or (>= 0x20000 and <= 0x2FFFD) or (>= 0x30000 and <= 0x3FFFD);

    private static CharacterClass[] CreateTable()
    {
        CharacterClass[] table = new CharacterClass[char.MaxValue + 1];
        for (int i = 0; i < table.Length; i++) table[i] = Of(i);
        return table;
    }

    private static CharacterClass Of(int codePoint)
    {
        switch (codePoint)
        {
            case '\'' or TypographicApostrophe or 0xFF07:
                return CharacterClass.Apostrophe;
            case '-' or 0x2010 or 0x2011 or 0xFF0D:
                return CharacterClass.Hyphen;
            case '.' or 0xFF0E:
                return CharacterClass.Stop;
            case '!' or '?' or 0x2026 or 0x203C or 0x2047 or 0x2048 or 0x2049 or 0x3002 or 0xFF01 or 0xFF1F or 0xFF61:
                return CharacterClass.SentenceEnd;
            case 0x200C or 0x200D or SoftHyphen:
                return CharacterClass.Joiner;
            case '"':
                return CharacterClass.Closer;
            case (>= '\n' and <= '\r') or 0x85 or 0x2028 or 0x2029:
                return CharacterClass.LineBreak;
            case '\t':
                return CharacterClass.Space;
        }

        if (IsHan(codePoint)) return CharacterClass.Han;
        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Digit,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharacterClass.Mark,
            UnicodeCategory.SpaceSeparator => CharacterClass.Space,
            UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation => CharacterClass.Closer,
            UnicodeCategory.Surrogate => CharacterClass.Surrogate,
            _ => CharacterClass.Other,
        };
    }
}
