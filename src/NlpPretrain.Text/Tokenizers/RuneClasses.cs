using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>What GPT-2's pattern tells apart.</summary>
internal enum RuneClass : byte
{
    /// <summary>Neither of the others: punctuation, symbols, marks, controls, lone surrogates.</summary>
    Other,

    /// <summary>\s, Unicode's White_Space; all below U+10000.</summary>
    Space,

    /// <summary>\p{L}.</summary>
    Letter,

    /// <summary>\p{N}.</summary>
    Number,
}

/// <summary>The class of each character, from .NET's own Unicode data; those below U+10000 by a table.</summary>
internal static class RuneClasses
{
    private static readonly RuneClass[] Table = Tabulate();

    /// <summary>The class of the character that starts a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the character starts, within the text.</param>
    /// <param name="length">Its UTF-16 units.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static RuneClass At(ReadOnlySpan<char> text, int at, out int length)
    {
        char first = text[at];
        length = 1;
        return char.IsHighSurrogate(first) ? OfPair(text[at..], out length) : Table[first];
    }

    private static RuneClass OfPair(ReadOnlySpan<char> text, out int length)
    {
        OperationStatus status = Rune.DecodeFromUtf16(text, out Rune rune, out length);
        return status == OperationStatus.Done ? ClassOf(Rune.GetUnicodeCategory(rune)) : RuneClass.Other;
    }

    private static RuneClass ClassOf(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => RuneClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => RuneClass.Number,
        _ => RuneClass.Other,
    };

    private static RuneClass[] Tabulate()
    {
        RuneClass[] table = new RuneClass[char.MaxValue + 1];
        for (int value = 0; value < table.Length; value++)
        {
            char character = (char)value;
            table[value] = char.IsWhiteSpace(character) ? RuneClass.Space : ClassOf(CharUnicodeInfo.GetUnicodeCategory(character));
        }

        return table;
    }
}
