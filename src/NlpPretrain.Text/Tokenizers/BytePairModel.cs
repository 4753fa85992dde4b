using System.Buffers;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>Byte-pair encoding: a word is cut to its characters, or bytes, and pairs of pieces merge, those learned first first.</summary>
/// <remarks>
/// <para>
/// Of the pairs that can merge, the one of the lowest rank does, of equal ranks the leftmost, until none can. Time n·log n in the length
/// of a word; words of at most 24 characters are remembered. A lone surrogate is U+FFFD.
/// </para>
/// <para>Source: Sennrich, Haddow and Birch 2016, arXiv:1508.07909. Byte-level: Radford et al. 2019.</para>
/// </remarks>
public sealed partial class BytePairModel : TokenModel, IWordCutter
{
    private const int Unknown = -1;

    private delegate int Merger(MergeTable merges, Span<int> ids, Span<int> lengths);

    private readonly string[] _pieces;
    private readonly BytePairMerge[] _merges;
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsOfSpans;
    private readonly MergeTable _table;
    private readonly PieceCache _cache = new();
    private readonly int[] _idsOfBytes = [];
    private readonly Dictionary<Rune, int> _idsOfRunes = [], _idsOfLastRunes = [];
    private readonly int _unknown = Unknown;

    /// <summary>Creates a model.</summary>
    /// <param name="pieces">The pieces by id: different, not empty, without lone surrogates.</param>
    /// <param name="merges">The merges by rank: different, of pieces of the vocabulary to a piece of the vocabulary.</param>
    /// <param name="options">The form of the pieces.</param>
    /// <exception cref="ArgumentException">A piece or merge is not as said, or the vocabulary lacks a byte or the unknown piece.</exception>
    public BytePairModel(IEnumerable<string> pieces, IEnumerable<BytePairMerge> merges, BytePairOptions options)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ArgumentNullException.ThrowIfNull(merges);
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _pieces = [.. pieces];
        _merges = [.. merges];
        _ids = new Dictionary<string, int>(_pieces.Length, StringComparer.Ordinal);
        _idsOfSpans = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int id = 0; id < _pieces.Length; id++)
        {
            if (string.IsNullOrEmpty(_pieces[id])) throw new ArgumentException($"Piece {id} is empty.", nameof(pieces));
            if (CharacterSpan.HasLoneSurrogate(_pieces[id])) throw new ArgumentException($"Piece {id}, \"{_pieces[id]}\", has a lone surrogate.", nameof(pieces));
            if (!_ids.TryAdd(_pieces[id], id))
            {
                throw new ArgumentException($"Piece {id}, \"{_pieces[id]}\", is piece {_ids[_pieces[id]]} as well.", nameof(pieces));
            }
        }

        _table = new MergeTable(_merges.Length);
        for (int rank = 0; rank < _merges.Length; rank++)
        {
            if (ProblemOf(_merges[rank], _ids) is { } problem) throw new ArgumentException($"Merge {rank}: {problem}", nameof(merges));

            (string left, string right) = _merges[rank];
            if (!_table.TryAdd(_ids[left], _ids[right], rank, _ids[left + right]))
            {
                throw new ArgumentException($"Merge {rank}: \"{left}\" and \"{right}\" merge before.", nameof(merges));
            }
        }

        if (options.UnknownPiece is { } unknown && !_ids.TryGetValue(unknown, out _unknown))
        {
            throw new ArgumentException(
                $"The vocabulary has no piece \"{unknown}\" ({nameof(BytePairOptions)}.{nameof(BytePairOptions.UnknownPiece)}).", nameof(pieces));
        }

        if (options.IsByteLevel) _idsOfBytes = IdsOfBytes();
        else ListRunes();
        _table.Freeze(_pieces.Length);
        foreach (BytePairMerge merge in _merges) AllowCrossing(merge);
    }

    /// <summary>The form of the pieces.</summary>
    public BytePairOptions Options { get; }

    /// <summary>The merges by rank.</summary>
    public IReadOnlyList<BytePairMerge> Merges => _merges;

    /// <summary>The pieces by id.</summary>
    public IReadOnlyList<string> Pieces => _pieces;

    /// <inheritdoc/>
    public override int Count => _pieces.Length;

    /// <inheritdoc/>
    public override bool LengthsAreBytes => Options.IsByteLevel;

    /// <inheritdoc/>
    public override string PieceOf(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, _pieces.Length);
        return _pieces[id];
    }

    /// <inheritdoc/>
    public override bool TryGetId(ReadOnlySpan<char> piece, out int id) => _idsOfSpans.TryGetValue(piece, out id);

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> word, PieceBuffer pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (!word.IsEmpty) _cache.Encode(word, pieces, this);
    }

    /// <summary>Whether no merge makes a pair that merges before it.</summary>
    internal bool HasMonotoneMerges => _table.IsMonotone;

    /// <summary>What is wrong with a merge.</summary>
    internal static string? ProblemOf(BytePairMerge merge, Dictionary<string, int> ids)
    {
        if (string.IsNullOrEmpty(merge.Left) || string.IsNullOrEmpty(merge.Right)) return "a part is empty.";

        foreach (string piece in (ReadOnlySpan<string>)[merge.Left, merge.Right, merge.Left + merge.Right])
        {
            if (!ids.ContainsKey(piece)) return $"the vocabulary has no piece \"{piece}\".";
        }

        return null;
    }

    void IWordCutter.Cut(ReadOnlySpan<char> word, PieceBuffer pieces) => Cut(word, pieces, Symbols.Merge);

    /// <summary>The same by one merge at a time, without a cache.</summary>
    internal void EncodePlainly(ReadOnlySpan<char> word, PieceBuffer pieces) => Cut(word, pieces, Symbols.MergeLong);

    private void Cut(ReadOnlySpan<char> word, PieceBuffer pieces, Merger merge)
    {
        int most = Options.IsByteLevel ? Encoding.UTF8.GetByteCount(word) : word.Length;
        const int OnStack = 128;
        int[]? rented = most <= OnStack ? null : ArrayPool<int>.Shared.Rent(checked(2 * most));
        Span<int> ids = rented is null ? stackalloc int[OnStack] : rented.AsSpan(0, most);
        Span<int> lengths = rented is null ? stackalloc int[OnStack] : rented.AsSpan(most, most);
        int count = Options.IsByteLevel ? Bytes(word, ids, lengths) : Characters(word, ids, lengths);
        int kept = merge(_table, ids[..count], lengths[..count]);
        for (int i = 0; i < kept; i++) pieces.Add(ids[i] == Unknown ? _unknown : ids[i], lengths[i]);
        if (rented is not null) ArrayPool<int>.Shared.Return(rented);
    }

    private int Bytes(ReadOnlySpan<char> word, Span<int> ids, Span<int> lengths)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(ids.Length);
        int count = Encoding.UTF8.GetBytes(word, bytes);
        for (int i = 0; i < count; i++) (ids[i], lengths[i]) = (_idsOfBytes[bytes[i]], 1);
        ArrayPool<byte>.Shared.Return(bytes);
        return count;
    }

    private int Characters(ReadOnlySpan<char> word, Span<int> ids, Span<int> lengths)
    {
        int count = 0;
        for (int at = 0; at < word.Length; count++)
        {
            Rune.DecodeFromUtf16(word[at..], out Rune rune, out int length);
            at += length;
            Dictionary<Rune, int> known = at == word.Length ? _idsOfLastRunes : _idsOfRunes;
            ids[count] = known.TryGetValue(rune, out int id) ? id : Unknown;
            lengths[count] = length;
        }

        return count;
    }

    /// <summary>Where the parts of a merge meet, the last character of the one is beside the first of the other, which may be the word's last.</summary>
    private void AllowCrossing(BytePairMerge merge)
    {
        if (Rune.DecodeLastFromUtf16(merge.Left, out Rune left, out _) != OperationStatus.Done) return;
        if (Rune.DecodeFromUtf16(merge.Right, out Rune right, out int length) != OperationStatus.Done) return;
        if (Options.IsByteLevel)
        {
            if (TryGetByteId(left, out int leftByte) && TryGetByteId(right, out int rightByte)) _table.AllowCrossing(leftByte, rightByte);
            return;
        }

        if (!_idsOfRunes.TryGetValue(left, out int leftId)) return;
        if (_idsOfRunes.TryGetValue(right, out int rightId)) _table.AllowCrossing(leftId, rightId);
        if (_idsOfLastRunes.TryGetValue(right, out int lastId) && merge.Right.AsSpan(length).SequenceEqual(Options.EndOfWordSuffix)) _table.AllowCrossing(leftId, lastId);
    }

    private bool TryGetByteId(Rune rune, out int id)
    {
        id = rune.IsBmp && ByteAlphabet.TryGetByte((char)rune.Value, out byte value) ? _idsOfBytes[value] : Unknown;
        return id != Unknown;
    }

    private int[] IdsOfBytes()
    {
        if (Options.EndOfWordSuffix.Length > 0)
        {
            throw new ArgumentException($"A byte-level model has no end-of-word suffix; \"{Options.EndOfWordSuffix}\" was given "
                + $"({nameof(BytePairOptions)}.{nameof(BytePairOptions.EndOfWordSuffix)}).");
        }

        int[] ids = new int[256];
        for (int value = 0; value < 256; value++)
        {
            string piece = ByteAlphabet.CharacterOf((byte)value).ToString();
            if (_ids.TryGetValue(piece, out ids[value])) continue;

            ids[value] = Unknown;
            if (_unknown != Unknown) continue;

            throw new ArgumentException($"The vocabulary has no piece \"{piece}\" for the byte 0x{value:X2}, and there is no unknown piece "
                + $"({nameof(BytePairOptions)}.{nameof(BytePairOptions.UnknownPiece)}).");
        }

        return ids;
    }

    private void ListRunes()
    {
        if (_unknown == Unknown)
        {
            throw new ArgumentException("A model of characters needs a piece for those that it does not know "
                + $"({nameof(BytePairOptions)}.{nameof(BytePairOptions.UnknownPiece)}).");
        }

        string suffix = Options.EndOfWordSuffix;
        for (int id = 0; id < _pieces.Length; id++)
        {
            ReadOnlySpan<char> piece = _pieces[id];
            if (Rune.DecodeFromUtf16(piece, out Rune rune, out int length) != OperationStatus.Done) continue;

            if (piece.Length == length) _idsOfRunes.Add(rune, id);
            if (piece[length..].SequenceEqual(suffix)) _idsOfLastRunes.Add(rune, id);
        }
    }
}
