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
        Cut[] rented = ArrayPool<Cut>.Shared.Rent(word.Length + 1);
        Span<Cut> cuts = rented.AsSpan(0, word.Length + 1);
        cuts.Fill(new Cut(double.NegativeInfinity, PieceTrie.None, 0));
        cuts[0].Score = 0;
        FindBest(word, cuts);
        Reverse(cuts);
        int unknownLength = 0;
        for (int at = 0; at < word.Length; at += cuts[at].Length)
        {
            if (cuts[at].Id == UnknownId)
            {
                unknownLength += cuts[at].Length;
                continue;
            }

            if (unknownLength > 0) pieces.Add(UnknownId, unknownLength);
            unknownLength = 0;
            pieces.Add(cuts[at].Id, cuts[at].Length);
        }

        if (unknownLength > 0) pieces.Add(UnknownId, unknownLength);
        ArrayPool<Cut>.Shared.Return(rented);
    }

    private static string? FaultOf(UnigramPiece piece)
    {
        if (string.IsNullOrEmpty(piece.Text)) return "is empty";
        if (!double.IsFinite(piece.Score)) return FormattableString.Invariant($"has the score {piece.Score}, which is not finite");
        return CharacterSpan.HasLoneSurrogate(piece.Text) ? "has a lone surrogate" : null;
    }

    private void FindBest(ReadOnlySpan<char> word, Span<Cut> cuts)
    {
        for (int start = 0; start < word.Length;)
        {
            double before = cuts[start].Score;
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
                if (score > cuts[end].Score) cuts[end] = new Cut(score, id, end - start);
            }

            int next = start + character;
            if (!isKnown && before + _unknownScore > cuts[next].Score) cuts[next] = new Cut(before + _unknownScore, UnknownId, character);
            start = next;
        }
    }

    /// <summary>From the piece that ends at each place to the piece that starts there, along the best way.</summary>
    private static void Reverse(Span<Cut> cuts)
    {
        Cut piece = cuts[^1];
        for (int end = cuts.Length - 1; end > 0;)
        {
            int start = end - piece.Length;
            (cuts[start], piece) = (piece, cuts[start]);
            end = start;
        }
    }

    /// <param name="Score">Of the best way to a place.</param>
    /// <param name="Id">Its last piece.</param>
    /// <param name="Length">The last piece's length.</param>
    private record struct Cut(double Score, int Id, int Length);
}
