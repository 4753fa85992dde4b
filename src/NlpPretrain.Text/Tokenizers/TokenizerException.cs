using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace NlpPretrain.Text;

/// <summary>A tokenizer's file that cannot be read, or parts that do not fit: says which file, where, what was expected and what was found.</summary>
public sealed class TokenizerException : Exception
{
    private const int ShownLength = 80;

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which file or part, where in it, what was expected and what was found.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public TokenizerException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>An error at a place, "line 3" or "field model.vocab", of a file.</summary>
    internal static TokenizerException At(string file, string place, string expected, ReadOnlySpan<char> found)
    {
        string shown = found.Length > ShownLength ? $"'{found[..ShownLength]}…'" : $"'{found}'";
        return new TokenizerException($"{file}, {place}: expected {expected}; found {shown}.");
    }

    /// <summary>Names the first byte that is not UTF-8.</summary>
    internal static void ThrowIfNotUtf8(string file, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return;

        int offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out int length) == OperationStatus.Done) offset += length;
        throw At(file, string.Create(CultureInfo.InvariantCulture, $"byte {offset}"), "UTF-8", string.Create(CultureInfo.InvariantCulture, $"0x{bytes[offset]:X2}"));
    }

    /// <summary>An error in a line, counted from 1, of a file.</summary>
    internal static TokenizerException At(string file, long line, string expected, ReadOnlySpan<char> found) =>
        At(file, string.Create(CultureInfo.InvariantCulture, $"line {line}"), expected, found);
}
