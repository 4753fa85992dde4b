using System.Runtime.CompilerServices;

namespace NlpPretrain.Text;

/// <summary>Characters of UTF-16 text: Unicode code points, and lone surrogates by themselves.</summary>
internal static class CharacterSpan
{
    /// <summary>Units of the character at a place: 2 for a surrogate pair, else 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int LengthAt(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <summary>The code point, or the lone surrogate, at a place.</summary>
    internal static int At(ReadOnlySpan<char> text, int at) =>
        LengthAt(text, at) == 2 ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];

    internal static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (int at = 0; at < text.Length; at += LengthAt(text, at))
        {
            if (char.IsSurrogate(text[at]) && LengthAt(text, at) == 1) return true;
        }

        return false;
    }

    /// <summary>Whether a text is exactly one character.</summary>
    internal static bool IsOne(ReadOnlySpan<char> text) => text.Length > 0 && LengthAt(text, 0) == text.Length;
}
