using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using NlpPretrain.Serialization;

namespace NlpPretrain.Gpt;

/// <summary>A flat array of float32 in NumPy's format: '&lt;f4', one axis.</summary>
/// <remarks>Bytes 0 to 5 are \x93NUMPY, then major and minor version, the header's length (2 bytes in version 1, 4 in 2), a Python dictionary, and the values.</remarks>
internal sealed class NpyFile : IDisposable
{
    private const int LongestHeader = 4096;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _start;

    private NpyFile(string path, SafeFileHandle file, long start, long count) => (_path, _file, _start, Count) = (path, file, start, count);

    /// <summary>Number of values, which the file has.</summary>
    internal long Count { get; }

    internal static NpyFile Open(string path)
    {
        SafeFileHandle file = File.OpenHandle(path);
        try
        {
            (long start, long count) = ReadHeader(path, file);
            long bytes = RandomAccess.GetLength(file) - start;
            if (count > long.MaxValue / sizeof(float) || bytes != count * sizeof(float))
                throw new ModelFormatException(path, "values", $"the {count} of the header, of {sizeof(float)} bytes each", $"{bytes} bytes", start);
            return new NpyFile(path, file, start, count);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal void Read(long first, Span<float> values)
    {
        ReadExactly(_path, _file, MemoryMarshal.AsBytes(values), _start + first * sizeof(float), "values");
        if (BitConverter.IsLittleEndian) return;

        Span<int> words = MemoryMarshal.Cast<float, int>(values);
        BinaryPrimitives.ReverseEndianness(words, words);
    }

    public void Dispose() => _file.Dispose();

    private static (long Start, long Count) ReadHeader(string path, SafeFileHandle file)
    {
        Span<byte> prefix = stackalloc byte[8];
        ReadExactly(path, file, prefix, 0, "magic number");
        if (prefix[0] != 0x93 || !prefix[1..6].SequenceEqual("NUMPY"u8))
            throw new ModelFormatException(path, "magic number", "\\x93NUMPY", Convert.ToHexString(prefix[..6]), 0);
        if (prefix[6] is not (1 or 2)) throw new ModelFormatException(path, "version", "1 or 2", $"{prefix[6]}", 6);

        Span<byte> size = stackalloc byte[prefix[6] == 1 ? sizeof(ushort) : sizeof(uint)];
        ReadExactly(path, file, size, prefix.Length, "header length");
        long length = size.Length == sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size), start = prefix.Length + size.Length;
        if (length > LongestHeader) throw new ModelFormatException(path, "header length", $"at most {LongestHeader}", $"{length}", prefix.Length);

        byte[] header = new byte[length];
        ReadExactly(path, file, header, start, "header");
        return (start + length, ParseHeader(path, Encoding.Latin1.GetString(header), start));
    }

    // {'descr': '<f4', 'fortran_order': False, 'shape': (31231, ), } and spaces, in NumPy's own order of keys, which are sorted.
    private static long ParseHeader(string path, string header, long offset)
    {
        string rest = string.Concat(header.Where(letter => letter is not (' ' or '\n')));
        Take("{'descr':", "a dictionary of 'descr', 'fortran_order' and 'shape'");
        Take("'<f4',", "'descr': '<f4', little-endian float32");
        Take("'fortran_order':False,", "'fortran_order': False");
        Take("'shape':(", "'shape'");
        int end = rest.IndexOf(",)", StringComparison.Ordinal);
        if (end < 0 || !long.TryParse(rest.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out long count)) throw Wrong("a shape of one axis, (N,)");
        rest = rest[(end + 2)..];
        return rest is ",}" or "}" ? count : throw Wrong("the end of the dictionary");

        void Take(string text, string expected) => rest = rest.StartsWith(text, StringComparison.Ordinal) ? rest[text.Length..] : throw Wrong(expected);

        ModelFormatException Wrong(string expected) => new(path, "header", expected, $"\"{rest[..Math.Min(rest.Length, 40)]}\"", offset);
    }

    private static void ReadExactly(string path, SafeFileHandle file, Span<byte> bytes, long offset, string field)
    {
        while (!bytes.IsEmpty)
        {
            int count = RandomAccess.Read(file, bytes, offset);
            if (count == 0) throw new ModelFormatException(path, field, $"{bytes.Length} more bytes", "the end of the file", offset);
            bytes = bytes[count..];
            offset += count;
        }
    }
}
