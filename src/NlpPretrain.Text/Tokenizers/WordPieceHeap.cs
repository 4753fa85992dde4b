namespace NlpPretrain.Text;

/// <summary>What a pair is worth, with what breaks ties; lower is better in its order.</summary>
internal readonly record struct WordPieceScore(double Score, long Count, string Left, string Right)
{
    internal bool IsBetterThan(in WordPieceScore other)
    {
        if (Score != other.Score) return Score > other.Score;
        if (Count != other.Count) return Count > other.Count;

        int order = string.CompareOrdinal(Left, other.Left);
        return order != 0 ? order < 0 : string.CompareOrdinal(Right, other.Right) < 0;
    }
}

/// <summary>Pairs by score, the best at the top; a pair's score may change at any time.</summary>
internal sealed class WordPieceHeap
{
    private const int Branches = 4;

    private (WordPieceScore Score, int Pair)[] _nodes = new (WordPieceScore, int)[1024];
    private int[] _places = [];         // by pair, its node plus 1; 0 where it has none
    private int _count;

    /// <summary>The best pair; null where there is none.</summary>
    internal int? Best => _count == 0 ? null : _nodes[0].Pair;

    internal void Set(int pair, in WordPieceScore score)
    {
        if (pair >= _places.Length) Array.Resize(ref _places, Math.Max(2 * _places.Length, pair + 1));
        int node = _places[pair] - 1;
        if (node < 0)
        {
            if (_count == _nodes.Length) Array.Resize(ref _nodes, 2 * _count);
            node = _count++;
        }
        else if (_nodes[node].Score.Score == score.Score && _nodes[node].Score.Count == score.Count)
        {
            return;
        }

        Settle(node, score, pair);
    }

    internal void Remove(int pair)
    {
        int node = pair < _places.Length ? _places[pair] - 1 : -1;
        if (node < 0) return;

        _places[pair] = 0;
        _count--;
        (WordPieceScore score, int last) = _nodes[_count];
        _nodes[_count] = default;
        if (node < _count) Settle(node, score, last);
    }

    /// <summary>Puts a pair in a free node, or above or below it where it belongs.</summary>
    private void Settle(int node, in WordPieceScore score, int pair)
    {
        while (node > 0 && score.IsBetterThan(_nodes[(node - 1) / Branches].Score)) node = Move((node - 1) / Branches, node);
        while (true)
        {
            int child = node * Branches + 1, best = -1;
            for (int end = Math.Min(child + Branches, _count); child < end; child++)
            {
                if (best < 0 || _nodes[child].Score.IsBetterThan(_nodes[best].Score)) best = child;
            }

            if (best < 0 || !_nodes[best].Score.IsBetterThan(score)) break;
            node = Move(best, node);
        }

        _nodes[node] = (score, pair);
        _places[pair] = node + 1;
    }

    /// <returns>The node that is free now.</returns>
    private int Move(int from, int to)
    {
        _nodes[to] = _nodes[from];
        _places[_nodes[to].Pair] = to + 1;
        return from;
    }
}
