using System.Buffers.Binary;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>Reads the strings of a compiled <c>.resources</c> table, and nothing else: no object is ever created from it.</summary>
/// <remarks>
/// The table: a header that names the types meant to read it, which is skipped; the version; the numbers of names and of types; the
/// types; padding to 8 bytes; for each name its hash, then its position; the start of the values; the names, each with the position of its
/// value; the values, each after the code of its type.
/// </remarks>
internal ref struct ResourceStrings
{
    private const uint Magic = 0xBEEF_CACE;
    private const int Version = 2;
    private const int StringType = 1;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _table;
    private int _position;
    private long _textBytes;

    private ResourceStrings(ReadOnlySpan<byte> table) => _table = table;

    /// <summary>Reads the strings of a table.</summary>
    /// <param name="table">The bytes.</param>
    /// <param name="add">Receives each name and string, in the table's order.</param>
    /// <exception cref="FormatException">The table is malformed; says where and why.</exception>
    public static void Read(ReadOnlySpan<byte> table, Action<string, string> add) => new ResourceStrings(table).Read(add);

    private void Read(Action<string, string> add)
    {
        if ((uint)ReadInt32() != Magic) throw Malformed("magic number", $"0x{Magic:X}");
        ReadInt32();
        int header = ReadInt32();
        MoveTo(_position + (long)header, "header length");

        if (ReadInt32() != Version) throw Malformed("version", $"{Version}");
        int names = ReadCount("number of names", bytesEach: 8);
        int types = ReadCount("number of types", bytesEach: 1);
        for (int type = 0; type < types; type++) ReadText(Encoding.UTF8);

        MoveTo((_position + 7L) & ~7L, "padding");
        MoveTo(_position + 4L * names, "hashes");
        int positions = _position;
        MoveTo(_position + 4L * names, "positions");
        long values = ReadInt32();
        int firstName = _position;
        for (int index = 0; index < names; index++)
        {
            MoveTo(positions + 4L * index, "positions");
            MoveTo(firstName + (long)ReadInt32(), "position of a name");
            string name = ReadText(Encoding.Unicode);
            MoveTo(values + ReadInt32(), "position of a value");
            if (ReadLength() == StringType) add(name, ReadText(StrictUtf8));
        }
    }

    private void MoveTo(long position, string field)
    {
        if (position < 0 || position > _table.Length) throw Malformed(field, $"a place within the {_table.Length} bytes");
        _position = (int)position;
    }

    private int ReadInt32()
    {
        if (_table.Length - _position < 4) throw Malformed("number", "4 bytes");
        int value = BinaryPrimitives.ReadInt32LittleEndian(_table[_position..]);
        _position += 4;
        return value;
    }

    private int ReadCount(string field, int bytesEach)
    {
        int count = ReadInt32();
        return count >= 0 && (long)count * bytesEach <= _table.Length - _position
            ? count
            : throw Malformed(field, "no more than the bytes can hold");
    }

    /// <summary>A number of seven bits a byte, the lowest first; the top bit says that more follow.</summary>
    private int ReadLength()
    {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            if (_position == _table.Length) throw Malformed("length", "more bytes");
            byte bits = _table[_position++];
            value |= (long)(bits & 0x7F) << shift;
            if (bits < 0x80 && value <= int.MaxValue) return (int)value;
        }

        throw Malformed("length", "at most 5 bytes");
    }

    private string ReadText(Encoding encoding)
    {
        int length = ReadLength();
        if (length > _table.Length - _position) throw Malformed("text", $"{length} bytes, which are not there");

        // Many names could share one long text, and so make much memory of a small file.
        _textBytes += length;
        if (_textBytes > _table.Length) throw Malformed("text", "one of its own");
        try
        {
            string text = encoding.GetString(_table.Slice(_position, length));
            _position += length;
            return text;
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("text", "valid UTF-8");
        }
    }

    private readonly FormatException Malformed(string field, string expected) =>
        new($"byte {_position}: the {field} should be {expected}.");
}
