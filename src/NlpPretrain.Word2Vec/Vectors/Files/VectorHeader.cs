using System.Buffers.Text;
using System.Text;
using NlpPretrain.Serialization;

namespace NlpPretrain.Word2Vec;

/// <summary>The first line of a vector file: how many vectors, and of how many dimensions.</summary>
internal readonly record struct VectorHeader(int Count, int Dimensions, int Bytes)
{
    /// <summary>More than any published vectors have; a larger number is a header that lies.</summary>
    public const int MostDimensions = 65_536;

    /// <summary>Two numbers of ten digits, a space, and room for blanks and a line end.</summary>
    public const int MostBytes = 64;

    private static readonly byte[] FastTextMagic = [0xBA, 0x16, 0x4F, 0x2F];

    /// <summary>Reads the line from the start of a file.</summary>
    public static VectorHeader Parse(ReadOnlySpan<byte> start, string name)
    {
        if (start.StartsWith(FastTextMagic))
        {
            throw new ModelFormatException(name, "header", "\"<count> <dimensions>\"", "a model of fastText's own format; read its .vec file as text instead", 0);
        }

        int end = start[..Math.Min(start.Length, MostBytes)].IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? start[..Math.Min(start.Length, MostBytes)] : start[..end];
        ReadOnlySpan<byte> rest = line.TrimEnd(" \r"u8);
        if (end >= 0 && Utf8Parser.TryParse(rest, out uint count, out int used) && used < rest.Length && rest[used] == ' '
            && Utf8Parser.TryParse(rest[(used + 1)..], out uint dimensions, out int usedToo) && used + 1 + usedToo == rest.Length
            && count <= int.MaxValue && dimensions is >= 1 and <= MostDimensions)
        {
            return new VectorHeader((int)count, (int)dimensions, end + 1);
        }

        string found = line.IsEmpty ? "an empty line" : $"\"{Encoding.Latin1.GetString(line)}\"";
        throw new ModelFormatException(name, "header", $"\"<count> <dimensions>\" and a line end, with 1 to {MostDimensions} dimensions", found, 0);
    }
}
