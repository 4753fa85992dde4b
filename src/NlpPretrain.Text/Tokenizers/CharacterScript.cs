using System.Globalization;
using System.Runtime.CompilerServices;

namespace NlpPretrain.Text;

/// <summary>The writing systems of characters, in so far as pieces do not mix them.</summary>
/// <remarks>By blocks of the Unicode standard, not by its property Script, which .NET does not have. Kana and Chinese are one. Blocks that are not named are a script each 128 characters.</remarks>
internal static class CharacterScript
{
    /// <summary>Marks take the script of what is before them, ▁ goes with any; the others are numbers of scripts.</summary>
    internal const int Any = -1, Common = 0;

    private const int Latin = 1, Greek = 2, Cyrillic = 3, Armenian = 4, Hebrew = 5, Arabic = 6, Hangul = 7, Han = 8, Georgian = 9, Ethiopic = 10, FirstOther = 16;

    private static readonly (int First, int Last, int Script)[] Blocks =
    [
        (0x0000, 0x02AF, Latin), (0x0370, 0x03FF, Greek), (0x0400, 0x052F, Cyrillic), (0x0530, 0x058F, Armenian), (0x0590, 0x05FF, Hebrew),
        (0x0600, 0x06FF, Arabic), (0x0750, 0x077F, Arabic), (0x08A0, 0x08FF, Arabic), (0x10A0, 0x10FF, Georgian), (0x1100, 0x11FF, Hangul), (0x1200, 0x139F, Ethiopic),
        (0x1C80, 0x1C8F, Cyrillic), (0x1C90, 0x1CBF, Georgian), (0x1D00, 0x1DBF, Latin), (0x1E00, 0x1EFF, Latin), (0x1F00, 0x1FFF, Greek),
        (0x2C60, 0x2C7F, Latin), (0x2D00, 0x2D2F, Georgian), (0x2D80, 0x2DDF, Ethiopic), (0x2DE0, 0x2DFF, Cyrillic), (0x2E80, 0x312F, Han), (0x3130, 0x318F, Hangul), (0x3190, 0x4DBF, Han),
        (0x4E00, 0x9FFF, Han), (0xA640, 0xA69F, Cyrillic), (0xA720, 0xA7FF, Latin), (0xA960, 0xA97F, Hangul), (0xAC00, 0xD7FF, Hangul), (0xF900, 0xFAFF, Han),
        (0xFB00, 0xFB06, Latin), (0xFB1D, 0xFB4F, Hebrew), (0xFB50, 0xFDFF, Arabic), (0xFE70, 0xFEFF, Arabic), (0xFF21, 0xFF5A, Latin), (0xFF66, 0xFF9F, Han),
        (0xFFA0, 0xFFDC, Hangul), (0x1B000, 0x1B16F, Han), (0x20000, 0x3FFFF, Han),
    ];

    private static readonly short[] Basic = [.. Enumerable.Range(0, char.MaxValue + 1).Select(unit => (short)Find(unit))];

    /// <summary>The script of a code point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Of(int codePoint) => codePoint < Basic.Length ? Basic[codePoint] : Find(codePoint);

    private static int Find(int codePoint)
    {
        if (codePoint == MetaspaceNormalizer.Mark) return Any;

        switch (CharUnicodeInfo.GetUnicodeCategory(codePoint))
        {
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark:
                return Any;
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter:
                foreach ((int first, int last, int script) in Blocks)
                {
                    if (codePoint >= first && codePoint <= last) return script;
                }

                return FirstOther + codePoint / 128;
            default:
                return Common;
        }
    }
}
