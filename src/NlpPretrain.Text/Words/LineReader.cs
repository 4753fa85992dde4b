using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace NlpPretrain.Text;

/// <summary>Lines of a UTF-8 stream, strictly: says the line of invalid bytes, and holds no line longer than <see cref="MaxLength"/>.</summary>
internal sealed class LineReader(Stream source, string name)
{
    /// <summary>The most bytes of a line.</summary>
    internal const int MaxLength = 1 << 20;

    internal const char ByteOrderMark = '\uFEFF';

    private const int ShownLength = 80;

    private byte[] _bytes = new byte[1 << 16];
    private char[] _characters = new char[256];
    private int _start, _end;
    private bool _isAtEnd;

    /// <summary>Number of the line that was read last, counted from 1.</summary>
    internal long Line { get; private set; }

    /// <summary>Reads the next line, without its line break, LF or CR LF; valid until the next call.</summary>
    internal bool Read(out ReadOnlySpan<char> line)
    {
        line = default;
        int length;
        int searched = 0;
        while ((length = _bytes.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            if (searched > MaxLength)
            {
                Line++;
                throw Error($"lines of at most {MaxLength} bytes", "a longer one");
            }

            if (!_isAtEnd)
            {
                Fill();
                continue;
            }

            if (searched == 0) return false;
            Line++;
            line = Decode(_bytes.AsSpan(_start, searched));
            _start = _end;
            return true;
        }

        Line++;
        length += searched;
        if (length > MaxLength) throw Error($"lines of at most {MaxLength} bytes", "a longer one");
        line = Decode(_bytes.AsSpan(_start, length));
        _start += length + 1;
        return true;
    }

    /// <summary>An error of the line that was read last.</summary>
    internal CorpusException Error(string expected, ReadOnlySpan<char> found)
    {
        string shown = found.Length > ShownLength ? $"'{found[..ShownLength]}…'" : $"'{found}'";
        return new CorpusException(string.Create(CultureInfo.InvariantCulture, $"{name}, line {Line}: expected {expected}; found {shown}."));
    }

    /// <summary>Reads a whole number of 0 or more: digits only.</summary>
    internal static bool TryParseCount(ReadOnlySpan<char> text, out long count) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private void Fill()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _bytes.Length) Array.Resize(ref _bytes, 2 * _bytes.Length);
        try
        {
            int read = source.Read(_bytes, _end, _bytes.Length - _end);
            _isAtEnd = read == 0;
            _end += read;
        }
        catch (IOException failure)
        {
            throw new CorpusException(string.Create(CultureInfo.InvariantCulture, $"{name} cannot be read past line {Line}: {failure.Message}"), failure);
        }
    }

    private ReadOnlySpan<char> Decode(ReadOnlySpan<byte> bytes)
    {
        if (Line == 1 && bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        if (bytes.EndsWith("\r"u8)) bytes = bytes[..^1];
        if (bytes.Length > _characters.Length) _characters = new char[Math.Max(bytes.Length, 2 * _characters.Length)];
        if (Utf8.ToUtf16(bytes, _characters, out int read, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            throw new CorpusException(string.Create(CultureInfo.InvariantCulture,
                $"{name}, line {Line}: expected UTF-8; byte {read + 1} of the line, 0x{bytes[read]:X2}, is not valid there."));
        }

        return _characters.AsSpan(0, written);
    }
}
