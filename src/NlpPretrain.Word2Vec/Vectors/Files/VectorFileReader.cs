using System.Runtime.ExceptionServices;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Reads a vector file on several workers that take turns: one reads and cuts the next block while the others take in theirs.</summary>
/// <remarks>Of several errors the one nearest to the file's start is thrown, whatever the number of workers.</remarks>
internal sealed class VectorFileReader
{
    /// <summary>A block that the processor's second-level cache holds between reading and taking in.</summary>
    private const int BlockBytes = 1 << 19;

    /// <summary>Room for the line ends that may follow the last row.</summary>
    private const int MostTailBytes = 64;

    private readonly VectorSource _source;
    private readonly VectorReadOptions _options;
    private readonly VectorHeader _header;
    private readonly VectorFormat _format;
    private readonly RowStore _store;
    private readonly WordArena _arena = new();
    private readonly Lock _turn = new();
    private readonly int _rows;

    private byte[] _left;
    private long _offset;
    private int _nextRow;
    private bool _isDone;
    private Exception? _error;

    private VectorFileReader(VectorSource source, VectorReadOptions options, bool isText)
    {
        (_source, _options) = (source, options);
        byte[] start = new byte[VectorHeader.MostBytes];
        int read = source.Read(start);
        _header = VectorHeader.Parse(start.AsSpan(0, read), source.Name);
        _format = isText ? new TextVectorFormat(source.Name, _header, options) : new BinaryVectorFormat(source.Name, _header, options);
        (_left, _offset) = (start[_header.Bytes..read], _header.Bytes);
        _rows = Math.Min(_header.Count, options.MaximumWords ?? int.MaxValue);
        CheckSizes();
        _store = new RowStore(_rows, _header.Dimensions, isVouchedFor: source.Length is not null);
    }

    /// <summary>Reads a file.</summary>
    public static WordVectors Read(VectorSource source, VectorReadOptions? options, bool isText)
    {
        options ??= VectorReadOptions.Default;
        options.Check();
        return new VectorFileReader(source, options, isText).Read();
    }

    private void CheckSizes()
    {
        if (_source.Length is { } length && _header.Count > 0 && _format.LeastBytes(_header.Count) > length - _header.Bytes)
        {
            throw new ModelFormatException(_source.Name, "header", $"no more vectors than {length - _header.Bytes} bytes can hold",
                $"{_header.Count} of {_header.Dimensions} dimensions, which need at least {_format.LeastBytes(_header.Count)}", 0);
        }

        int stride = (_header.Dimensions + Matrix.RowAlignment - 1) / Matrix.RowAlignment * Matrix.RowAlignment;
        int most = (Array.MaxLength - Matrix.RowAlignment) / stride;
        if (_rows > most)
        {
            throw new ModelFormatException(_source.Name, "header",
                $"at most {most} vectors of {_header.Dimensions} dimensions (VectorReadOptions.MaximumWords reads the first ones)", $"{_rows}", 0);
        }
    }

    private WordVectors Read()
    {
        int workers = (int)Math.Clamp((_source.Length ?? long.MaxValue) / BlockBytes, 1, _options.Workers);
        if (workers == 1)
        {
            Work();
        }
        else
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => Work());
        }

        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }

        return Finish();
    }

    private void Work()
    {
        byte[] buffer = new byte[Math.Max(BlockBytes, _format.MostRowBytes + 1)];
        var taker = new RowTaker(_format, _source.Name, _header.Dimensions, _options.InvalidWords);
        var rows = new List<CutRow>();
        while (true)
        {
            long offset;
            lock (_turn)
            {
                if (_isDone)
                {
                    return;
                }

                offset = _offset;
                rows.Clear();
                TakeTurn(buffer, rows);
            }

            try
            {
                taker.Take(buffer, offset, rows);
            }
            catch (Exception error)
            {
                Stop(error);
            }
        }
    }

    /// <summary>Fills the buffer and cuts it into whole rows; what is left over waits for the next turn.</summary>
    private void TakeTurn(byte[] buffer, List<CutRow> rows)
    {
        try
        {
            _left.CopyTo(buffer, 0);
            int filled = _left.Length + _source.Read(buffer.AsSpan(_left.Length));
            bool isEnd = filled < buffer.Length;
            ReadOnlySpan<byte> block = buffer.AsSpan(0, filled);
            int position = 0;
            while (_nextRow < _rows && _format.TryCut(block, ref position, isEnd, _nextRow, _offset, out RowPlace place))
            {
                // UTF-16 never needs more characters than UTF-8 needs bytes.
                int start = _arena.Reserve(place.WordLength);
                if (start < 0)
                {
                    throw new ModelFormatException(_source.Name, $"{_format.Describe(_nextRow)}, word",
                        $"at most {int.MaxValue} bytes in all words (VectorReadOptions.MaximumWords reads the first ones)", "more", _offset + place.WordStart);
                }

                rows.Add(new CutRow(_nextRow, place, _store.ChunkOf(_nextRow), _arena.ArrayOf(start), start));
                _nextRow++;
            }

            if (_nextRow == _rows)
            {
                _isDone = true;
                CheckRest(block[position..], _offset + position);
            }

            _left = block[position..].ToArray();
            _offset += position;
        }
        catch (Exception error)
        {
            Stop(error);
        }
    }

    private void CheckRest(ReadOnlySpan<byte> rest, long offset)
    {
        if (_rows < _header.Count)
        {
            return;
        }

        byte[] tail = new byte[MostTailBytes + 1];
        rest = rest[..Math.Min(rest.Length, tail.Length)];
        rest.CopyTo(tail);
        int length = rest.Length + _source.Read(tail.AsSpan(rest.Length));
        if (length > MostTailBytes || !_format.MayFollow(tail.AsSpan(0, length)))
        {
            throw new ModelFormatException(_source.Name, "end", $"nothing after the {_rows} vectors that the header promises", "more bytes", offset);
        }
    }

    private void Stop(Exception error)
    {
        lock (_turn)
        {
            _isDone = true;
            if (_error is null || OffsetOf(error) < OffsetOf(_error))
            {
                _error = error;
            }
        }
    }

    private static long OffsetOf(Exception error) => error is ModelFormatException { Offset: { } offset } ? offset : long.MaxValue;

    private WordVectors Finish()
    {
        RowChunk whole = _store.ToWhole();
        var words = new WordList(_arena, whole.Words);
        var table = new WordTable(words, whole.Hashes, _options.Workers);
        if (table.Duplicates > 0)
        {
            bool[] isFirst = table.MarkFirst();
            if (_options.Duplicates == DuplicateWords.Refuse)
            {
                int later = Array.IndexOf(isFirst, false);
                string word = words[later];
                throw new ModelFormatException(_source.Name, $"{_format.Describe(later)}, word",
                    "distinct words (VectorReadOptions.Duplicates can keep the first of equal ones)", $"'{word}' again, after {_format.Describe(table.IndexOf(word))}");
            }

            whole = _store.Gather(isFirst);
            words = new WordList(_arena, whole.Words);
            table = new WordTable(words, whole.Hashes, _options.Workers);
        }

        return new WordVectors(words, table, whole.Vectors, whole.Norms);
    }
}
