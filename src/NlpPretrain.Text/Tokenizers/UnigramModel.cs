using System.Buffers;

namespace NlpPretrain.Text;

/// <summary>Pieces with probabilities: a word is cut to the pieces whose probabilities multiply to the most.</summary>
/// <remarks>
/// The best of all ways to cut a word, by dynamic programming, in time of its length times the longest piece. Of ways with equal sums of scores the one is taken whose last piece is
/// longest, then the last but one, and so on. A character (Unicode code point, or a lone surrogate) that is no piece by itself may be unknown, at the lowest score of all pieces that are
/// found in text, less 10; unknown characters that follow each other are one unknown piece. Source: Kudo 2018, arXiv:1804.10959. Differs from SentencePiece: scores are added in double
/// precision; there is no fallback to bytes.
/// </remarks>
public sealed class UnigramModel : TokenModel, IWordCutter
{
    private const double UnknownPenalty = 10;

    private readonly UnigramPiece[] _pieces;
    private readonly double[] _scores;                  // NaN for pieces that are never found in a word
    private readonly double _unknownScore;
    private readonly PieceTrie _trie;
    private readonly int _reach;                        // a power of two, above the length of any piece or character
    private readonly PieceCache _cache = new();

    /// <summary>Makes a model.</summary>
    /// <param name="pieces">The pieces, all different; their ids are their indices.</param>
    /// <param name="unknownId">The id of the piece for unknown characters, which is never found in a word.</param>
    /// <exception cref="ArgumentException">A piece is empty, is there twice, has a lone surrogate or a score that is not finite; or there is no such id.</exception>
    public UnigramModel(IReadOnlyList<UnigramPiece> pieces, int unknownId)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if ((uint)unknownId >= (uint)pieces.Count)
            throw new ArgumentException(FormattableString.Invariant($"The unknown piece's id is {unknownId}; the pieces have the ids 0 to {pieces.Count - 1}."), nameof(unknownId));

        _pieces = [.. pieces];
        _scores = new double[pieces.Count];
        double lowest = double.PositiveInfinity;
        HashSet<string> texts = new(pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < _pieces.Length; id++)
        {
            UnigramPiece piece = _pieces[id];
            if (FaultOf(piece) is string fault || (fault = texts.Add(piece.Text) ? "" : "is there twice").Length > 0)
                throw new ArgumentException(FormattableString.Invariant($"Piece {id}, '{piece.Text}', {fault}."), nameof(pieces));

            bool isFound = !piece.IsControl && id != unknownId;
            _scores[id] = isFound ? piece.Score : double.NaN;
            if (isFound) lowest = Math.Min(lowest, piece.Score);
        }

        UnknownId = unknownId;
        _unknownScore = (double.IsFinite(lowest) ? lowest : 0) - UnknownPenalty;
        _trie = new PieceTrie([.. _pieces.Select(piece => piece.Text)]);
        _reach = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(3, _pieces.Max(piece => piece.Text.Length) + 1));
    }

    /// <inheritdoc/>
    public override int Count => _pieces.Length;

    /// <summary>The pieces, by id.</summary>
    public IReadOnlyList<UnigramPiece> Pieces => _pieces;

    /// <summary>The id of the piece for unknown characters.</summary>
    public int UnknownId { get; }

    /// <inheritdoc/>
    public override string PieceOf(int id)
    {
        if ((uint)id >= (uint)_pieces.Length)
            throw new ArgumentOutOfRangeException(nameof(id), id, FormattableString.Invariant($"The model has the ids 0 to {_pieces.Length - 1}."));
        return _pieces[id].Text;
    }

    /// <inheritdoc/>
    public override bool TryGetId(ReadOnlySpan<char> piece, out int id)
    {
        int found = _trie.Find(piece);
        id = Math.Max(found, 0);
        return found != PieceTrie.None;
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> word, PieceBuffer pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (!word.IsEmpty) _cache.Encode(word, pieces, this);
    }

    void IWordCutter.Cut(ReadOnlySpan<char> word, PieceBuffer pieces)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(word.Length + 1);
        Span<int> last = rented.AsSpan(0, word.Length + 1);
        FindBest(word, last);
        Reverse(word, last);
        int unknownLength = 0;
        for (int at = 0, length; at < word.Length; at += length)
        {
            int id = last[at];
            length = id == UnknownId ? CharacterSpan.LengthAt(word, at) : _pieces[id].Text.Length;
            if (id == UnknownId)
            {
                unknownLength += length;
                continue;
            }

            if (unknownLength > 0) pieces.Add(UnknownId, unknownLength);
            unknownLength = 0;
            pieces.Add(id, length);
        }

        if (unknownLength > 0) pieces.Add(UnknownId, unknownLength);
        ArrayPool<int>.Shared.Return(rented);
    }

    private static string? FaultOf(UnigramPiece piece)
    {
        if (string.IsNullOrEmpty(piece.Text)) return "is empty";
        if (!double.IsFinite(piece.Score)) return FormattableString.Invariant($"has the score {piece.Score}, which is not finite");
        return CharacterSpan.HasLoneSurrogate(piece.Text) ? "has a lone surrogate" : null;
    }

    /// <summary>Finds the last piece of the best way to each place. Only the places that a piece can reach have their scores kept: a long word costs 4 bytes a place.</summary>
    private void FindBest(ReadOnlySpan<char> word, Span<int> last)
    {
        int mask = _reach - 1;
        Span<double> best = _reach <= 256 ? stackalloc double[_reach] : new double[_reach];
        best.Fill(double.NegativeInfinity);
        best[0] = 0;
        for (int start = 0; start < word.Length;)
        {
            double before = best[start & mask];
            int character = CharacterSpan.LengthAt(word, start);
            bool isKnown = false;
            int node = PieceTrie.Root;
            for (int end = start; end < word.Length;)
            {
                node = _trie.Step(node, word[end++]);
                if (node == PieceTrie.None) break;
                int id = _trie.PieceAt(node);
                if (id == PieceTrie.None) continue;

                double score = before + _scores[id];
                isKnown |= end - start == character && !double.IsNaN(score);
                if (score > best[end & mask]) (best[end & mask], last[end]) = (score, id);
            }

            int next = start + character;
            if (!isKnown && before + _unknownScore > best[next & mask]) (best[next & mask], last[next]) = (before + _unknownScore, UnknownId);
            for (; start < next; start++) best[start & mask] = double.NegativeInfinity;
        }
    }

    /// <summary>From the piece that ends at each place to the piece that starts there, along the best way.</summary>
    private void Reverse(ReadOnlySpan<char> word, Span<int> last)
    {
        int piece = last[^1];
        for (int end = word.Length; end > 0;)
        {
            bool isPair = end > 1 && char.IsLowSurrogate(word[end - 1]) && char.IsHighSurrogate(word[end - 2]);
            int start = end - (piece != UnknownId ? _pieces[piece].Text.Length : isPair ? 2 : 1);
            (last[start], piece) = (piece, last[start]);
            end = start;
        }
    }
}
