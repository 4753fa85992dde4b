using System.Runtime.ExceptionServices;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Reads a vector file on several workers, a block each: reading and taking in go side by side, and only cutting to rows takes turns in the blocks' order.</summary>
/// <remarks>What a block leaves over, the start of a row, goes in front of the next. A source of unknown length is read in the turn. Of several errors the one nearest to the file's start is thrown, whatever the number of workers.</remarks>
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
    private readonly Lock _errors = new();
    private readonly int _rows;
    private readonly long _firstBlock;

    private byte[] _left;
    private int _nextRow;
    private long _claimed = -1, _turn;
    private volatile bool _isDone;
    private Exception? _error;

    private VectorFileReader(VectorSource source, VectorReadOptions options, bool isText)
    {
        (_source, _options) = (source, options);
        byte[] start = new byte[VectorHeader.MostBytes];
        int read = source.Read(start, 0);
        _header = VectorHeader.Parse(start.AsSpan(0, read), source.Name);
        _format = isText ? new TextVectorFormat(source.Name, _header, options) : new BinaryVectorFormat(source.Name, _header, options);
        (_left, _firstBlock) = (start[_header.Bytes..read], read);
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
        // A block lies behind room for what the one before it leaves over: less than one row, or what was read with the header.
        int room = Math.Max(_format.MostRowBytes, VectorHeader.MostBytes);
        byte[] buffer = new byte[room + Math.Max(BlockBytes, _format.MostRowBytes + 1)];
        Span<byte> block = buffer.AsSpan(room);
        var taker = new RowTaker(_format, _source.Name, _options.InvalidWords);
        var rows = new List<CutRow>();
        while (!_isDone)
        {
            long turn = Interlocked.Increment(ref _claimed), offset = _firstBlock + turn * block.Length;
            try
            {
                int filled = _source.Length is null ? 0 : _source.Read(block, offset);
                if (!WaitForTurn(turn))
                {
                    return;
                }

                if (_source.Length is null)
                {
                    filled = _source.Read(block, offset);
                }

                int start = room - _left.Length;
                _left.CopyTo(buffer, start);
                ReadOnlySpan<byte> whole = buffer.AsSpan(start, _left.Length + filled);
                rows.Clear();
                Cut(whole, offset - _left.Length, filled < block.Length, rows);
                Volatile.Write(ref _turn, turn + 1);
                taker.Take(whole, offset + start - room, rows);
            }
            catch (Exception error)
            {
                Stop(error);
            }
        }
    }

    private bool WaitForTurn(long turn)
    {
        SpinWait wait = default;
        while (Volatile.Read(ref _turn) != turn)
        {
            if (_isDone)
            {
                return false;
            }

            wait.SpinOnce(sleep1Threshold: -1);
        }

        return !_isDone;
    }

    /// <summary>Cuts a block into whole rows; what is left over waits for the next turn.</summary>
    private void Cut(ReadOnlySpan<byte> block, long offset, bool isEnd, List<CutRow> rows)
    {
        int position = 0;
        while (_nextRow < _rows && _format.TryCut(block, ref position, isEnd, _nextRow, offset, out RowPlace place))
        {
            // UTF-16 never needs more characters than UTF-8 needs bytes.
            int start = _arena.Reserve(place.WordLength);
            if (start < 0)
            {
                throw new ModelFormatException(_source.Name, $"{_format.Describe(_nextRow)}, word",
                    $"at most {int.MaxValue} bytes in all words (VectorReadOptions.MaximumWords reads the first ones)", "more", offset + place.WordStart);
            }

            rows.Add(new CutRow(_nextRow, place, _store.ChunkOf(_nextRow), _arena.ArrayOf(start), start));
            _nextRow++;
        }

        if (_nextRow == _rows)
        {
            _isDone = true;
            CheckRest(block[position..], offset + position);
        }

        _left = block[position..].ToArray();
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
        int length = rest.Length + _source.Read(tail.AsSpan(rest.Length), offset + rest.Length);
        if (length > MostTailBytes || !_format.MayFollow(tail.AsSpan(0, length)))
        {
            throw new ModelFormatException(_source.Name, "end", $"nothing after the {_rows} vectors that the header promises", "more bytes", offset);
        }
    }

    private void Stop(Exception error)
    {
        lock (_errors)
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
