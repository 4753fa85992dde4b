namespace NlpPretrain.Text;

/// <summary>All ways to cut one fragment to pieces: an edge is a piece at a place. Used again for the next fragment; for one thread.</summary>
internal sealed class UnigramLattice
{
    private readonly List<Edge> _edges = [];
    private double[] _before = [], _after = [], _best = [];
    private int[] _bestEdges = [];
    private int _length;

    /// <summary>A list for callers to use again.</summary>
    internal List<int> Found { get; } = [];

    /// <summary>Sets the pieces' edges out.</summary>
    /// <param name="text">The fragment; each of its characters is a piece.</param>
    /// <param name="trie">The pieces.</param>
    /// <param name="scores">Their scores.</param>
    /// <param name="excluded">A piece that is not used; −1 for none.</param>
    internal void Set(ReadOnlySpan<char> text, PieceTrie trie, double[] scores, int excluded = -1)
    {
        _length = text.Length;
        _edges.Clear();
        for (int start = 0; start < text.Length; start += CharacterSpan.LengthAt(text, start))
        {
            int node = PieceTrie.Root;
            for (int end = start; end < text.Length;)
            {
                node = trie.Step(node, text[end++]);
                if (node == PieceTrie.None) break;
                int piece = trie.PieceAt(node);
                if (piece != PieceTrie.None && piece != excluded) _edges.Add(new Edge(start, end, piece, scores[piece]));
            }
        }
    }

    /// <summary>The logarithm of the sum of all ways' probabilities.</summary>
    /// <remarks>
    /// before[end] = log Σ exp(before[start] + score); after[start] = log Σ exp(score + after[end]); a piece at a place has the probability
    /// exp(before[start] + score + after[end] − total).
    /// </remarks>
    /// <param name="count">How often the fragment occurs.</param>
    /// <param name="expected">For each piece, where its expected number is added.</param>
    internal double AddExpected(double count, double[] expected)
    {
        Prepare(ref _before)[0] = 0;
        Prepare(ref _after)[_length] = 0;
        foreach (Edge edge in _edges) _before[edge.End] = LogSum.Of(_before[edge.End], _before[edge.Start] + edge.Score);
        for (int i = _edges.Count - 1; i >= 0; i--)
        {
            Edge edge = _edges[i];
            _after[edge.Start] = LogSum.Of(_after[edge.Start], edge.Score + _after[edge.End]);
        }

        double total = _before[_length];
        foreach (Edge edge in _edges) expected[edge.Piece] += count * PortableExp.Of(_before[edge.Start] + edge.Score + _after[edge.End] - total);
        return total;
    }

    /// <summary>The best way's score; its pieces, last one first, are appended. Ties as in <see cref="UnigramModel"/>.</summary>
    internal double AppendBest(List<int> pieces)
    {
        Prepare(ref _best)[0] = 0;
        if (_bestEdges.Length <= _length) _bestEdges = new int[2 * _length + 1];
        for (int i = 0; i < _edges.Count; i++)
        {
            Edge edge = _edges[i];
            double score = _best[edge.Start] + edge.Score;
            if (!(score > _best[edge.End])) continue;
            _best[edge.End] = score;
            _bestEdges[edge.End] = i;
        }

        for (int end = _length; end > 0; end = _edges[_bestEdges[end]].Start) pieces.Add(_edges[_bestEdges[end]].Piece);
        return _best[_length];
    }

    private Span<double> Prepare(ref double[] values)
    {
        if (values.Length <= _length) values = new double[2 * _length + 1];
        values.AsSpan(0, _length + 1).Fill(double.NegativeInfinity);
        return values;
    }

    private readonly record struct Edge(int Start, int End, int Piece, double Score);
}
