using System.Buffers;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>GPT-2's way to write bytes as text: each byte is one visible character.</summary>
/// <remarks>
/// The bytes 33 to 126, 161 to 172 and 174 to 255 are the characters of these numbers; the other 68, in order, are U+0100 on: a space
/// is Ġ, a line feed Ċ. Source: openai/gpt-2, encoder.py, bytes_to_unicode.
/// </remarks>
public static class ByteAlphabet
{
    private static readonly char[] Characters = new char[256];
    private static readonly short[] Bytes = new short[324];

    static ByteAlphabet()
    {
        Array.Fill(Bytes, (short)-1);
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            char character = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174 ? (char)value : next++;
            Characters[value] = character;
            Bytes[character] = (short)value;
        }
    }

    /// <summary>The character of a byte.</summary>
    /// <param name="value">The byte.</param>
    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>The byte that a character stands for.</summary>
    /// <param name="character">The character.</param>
    /// <param name="value">Its byte; 0 where it is not of the alphabet.</param>
    /// <returns>Whether the character is of the alphabet.</returns>
    public static bool TryGetByte(char character, out byte value)
    {
        int found = character < Bytes.Length ? Bytes[character] : -1;
        value = (byte)Math.Max(found, 0);
        return found >= 0;
    }

    /// <summary>Writes the UTF-8 of a text in the alphabet.</summary>
    /// <param name="text">The text; a lone surrogate counts as U+FFFD.</param>
    /// <returns>One character a byte.</returns>
    public static string Encode(ReadOnlySpan<char> text)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(3 * text.Length);
        int count = Encoding.UTF8.GetBytes(text, bytes);
        string written = string.Create(count, bytes, (characters, source) =>
        {
            for (int i = 0; i < characters.Length; i++) characters[i] = Characters[source[i]];
        });
        ArrayPool<byte>.Shared.Return(bytes);
        return written;
    }

    /// <summary>Appends the bytes that a piece stands for.</summary>
    /// <param name="piece">The piece; one with a character outside the alphabet, as special tokens may have, stands for its own UTF-8.</param>
    /// <param name="bytes">Where they go.</param>
    public static void Decode(ReadOnlySpan<char> piece, IBufferWriter<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        Span<byte> target = bytes.GetSpan(3 * piece.Length + 1);
        for (int i = 0; i < piece.Length; i++)
        {
            if (TryGetByte(piece[i], out target[i])) continue;

            bytes.Advance(Encoding.UTF8.GetBytes(piece, target));
            return;
        }

        bytes.Advance(piece.Length);
    }
}
