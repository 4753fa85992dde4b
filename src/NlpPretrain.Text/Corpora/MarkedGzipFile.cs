using System.IO.Compression;

namespace NlpPretrain.Text;

/// <summary>The bytes of a gzip file and, after them, of a short member whose text is <see cref="Mark"/>.</summary>
/// <remarks>
/// <see cref="GZipStream"/> takes a file that was cut off for one that ends there, as many an interrupted download is. With this
/// stream below it, the text of a whole file ends in the mark, and that of one that was cut off does not.
/// </remarks>
internal sealed class MarkedGzipFile(string path)
    : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan)
{
    private static readonly byte[] Member = Compress(Mark);
    private int _position; // in the member

    public static ReadOnlySpan<byte> Mark => [0xFF, (byte)'w', (byte)'h', (byte)'o', (byte)'l', (byte)'e', 0xFF, 0xFE];

    public override bool CanSeek => false;

    // The other ways to read lead to this one in a class derived from FileStream.
    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = _position == 0 ? base.Read(buffer, offset, count) : 0;
        if (read > 0 || count == 0) return read;

        read = Math.Min(count, Member.Length - _position);
        Member.AsSpan(_position, read).CopyTo(buffer.AsSpan(offset));
        _position += read;
        return read;
    }

    private static byte[] Compress(ReadOnlySpan<byte> text)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Fastest)) stream.Write(text);
        return compressed.ToArray();
    }
}
