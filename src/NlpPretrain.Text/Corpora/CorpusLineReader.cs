using System.Buffers;
using System.IO.Compression;
using System.Text.Unicode;

namespace NlpPretrain.Text;

/// <summary>Reads files of UTF-8 one after another, line by line, in two blocks of memory that serve for all of them.</summary>
/// <remarks>Vectorized: a block is decoded at once, then searched for line breaks. A call allocates nothing.</remarks>
internal sealed class CorpusLineReader(bool replaceInvalid) : IDisposable
{
    /// <summary>The longest line that is one passage, with its CRLF.</summary>
    private const int LongestLine = Passage.MaxLength + 2;

    private const int BlockLength = 1 << 16;

    private readonly byte[] _bytes = new byte[BlockLength];
    private readonly char[] _characters = new char[LongestLine + BlockLength];
    private Stream? _stream;
    private string _path = "";
    private long _offset; // of _bytes[0] in the file
    private int _undecoded; // bytes at the start of _bytes: of a character that the last block cut in two
    private int _start, _end; // of the decoded text that was not returned yet
    private bool _atEnd;

    /// <summary>Turns to a file.</summary>
    public void Open(string path)
    {
        Dispose();
        _path = path;
        (_offset, _undecoded, _start, _end, _atEnd) = (0, 0, 0, 0, false);
        try
        {
            _stream = IsCompressed
                ? new GZipStream(new MarkedGzipFile(path), CompressionMode.Decompress)
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a line, or the next piece of one that is longer than a passage.</summary>
    /// <param name="text">The text without its line break, valid until the next call.</param>
    /// <param name="endsLine">Whether the line ends with it.</param>
    /// <returns>False at the end of the file.</returns>
    public bool Next(out ReadOnlySpan<char> text, out bool endsLine)
    {
        while (true)
        {
            ReadOnlySpan<char> decoded = _characters.AsSpan(_start, Math.Min(_end - _start, LongestLine));
            int lineBreak = decoded.IndexOf('\n');
            if (lineBreak < 0 && decoded.Length < LongestLine && !_atEnd)
            {
                ReadBlock();
                continue;
            }

            ReadOnlySpan<char> line = lineBreak < 0 ? decoded : decoded[..lineBreak];
            if (lineBreak > 0 && line[^1] == '\r') line = line[..^1];
            text = line[..PassageText.FirstLength(line)];
            endsLine = text.Length == line.Length;
            _start += endsLine && lineBreak >= 0 ? lineBreak + 1 : text.Length;
            return lineBreak >= 0 || text.Length > 0;
        }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private bool IsCompressed => _path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private void ReadBlock()
    {
        _characters.AsSpan(_start, _end - _start).CopyTo(_characters);
        (_start, _end) = (0, _end - _start);

        int count = _undecoded + ReadBytes(_bytes.AsSpan(_undecoded));
        _atEnd = count < _bytes.Length;
        ReadOnlySpan<byte> block = _bytes.AsSpan(0, count);
        if (IsCompressed) block = WithoutMark(block);
        int skipped = _offset == 0 && block.StartsWith("\uFEFF"u8) ? 3 : 0;

        OperationStatus status = Utf8.ToUtf16(
            block[skipped..], _characters.AsSpan(_end), out int read, out int written, replaceInvalid, isFinalBlock: _atEnd);
        read += skipped;
        if (status == OperationStatus.InvalidData) throw Invalid(_offset + read, block[read]);

        _bytes.AsSpan(read, count - read).CopyTo(_bytes);
        _undecoded = count - read;
        _offset += read;
        _end += written;
    }

    private int ReadBytes(Span<byte> target)
    {
        try
        {
            return _stream!.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException exception)
        {
            throw NotGzip(exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"'{_path}' cannot be read after byte {_offset}: {exception.Message}", exception);
        }
    }

    /// <summary>A block without its last bytes where they may be, or are, the mark that ends a compressed file.</summary>
    private ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> block)
    {
        if (_atEnd && !block.EndsWith(MarkedGzipFile.Mark)) throw NotGzip(null);

        return block[..^MarkedGzipFile.Mark.Length];
    }

    private CorpusException NotGzip(Exception? cause) => new(
        $"'{_path}' is named .gz but is not a whole gzip file: {cause?.Message ?? "it is cut off, or something follows its end."}", cause);

    private CorpusException Invalid(long offset, byte found)
    {
        string place = IsCompressed ? $"byte {offset} of the uncompressed text" : $"byte {offset}";
        return new($"'{_path}' is not valid UTF-8 at {place} (0x{found:X2}). Convert the file to UTF-8, or set "
            + $"{nameof(TextFileCorpus)}.{nameof(TextFileCorpus.ReplaceInvalid)} to read such bytes as U+FFFD.");
    }
}
