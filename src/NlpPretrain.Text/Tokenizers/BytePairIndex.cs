using System.Runtime.InteropServices;

namespace NlpPretrain.Text;

/// <summary>The words of a corpus as rows of symbols, with each pair's count and places, kept up to date while pairs merge.</summary>
/// <remarks>A merge costs time in proportion to the places of its pair. A symbol only grows, so a pair that left a place never returns to it.</remarks>
internal sealed class BytePairIndex
{
    private const int None = -1;

    private readonly List<int> _symbols = [], _previous = [], _next = [], _words = [];
    private readonly List<long> _counts = []; // of words
    private readonly Dictionary<(int Left, int Right), Pair> _pairs = [];
    private readonly List<Pair> _touched = [];
    private readonly PriorityQueue<Pair, Rank> _queue = new();
    private readonly List<string> _pieces;

    /// <param name="pieces">The pieces by symbol; merges append to them.</param>
    internal BytePairIndex(List<string> pieces) => _pieces = pieces;

    /// <summary>Adds a word of the corpus, or a part of one.</summary>
    internal void Add(ReadOnlySpan<int> symbols, long count)
    {
        if ((long)_symbols.Count + symbols.Length > Array.MaxLength)
        {
            throw new CorpusException("The different words of the corpus have more symbols than fit in memory; use a pre-tokenizer that cuts to "
                + "shorter words, or a part of the corpus.");
        }

        int first = _symbols.Count;
        for (int i = 0; i < symbols.Length; i++)
        {
            _symbols.Add(symbols[i]);
            _words.Add(_counts.Count);
            _previous.Add(i == 0 ? None : first + i - 1);
            _next.Add(i == symbols.Length - 1 ? None : first + i + 1);
        }

        _counts.Add(count);
        for (int i = 0; i < symbols.Length - 1; i++) Gain(first + i);
    }

    /// <summary>Ends the adding of words.</summary>
    internal void Order() => Queue();

    /// <summary>Takes the most frequent pair, of equal ones the first by the ordinal order of its left piece, then of its right one.</summary>
    /// <returns>Its symbols; null where none is as frequent.</returns>
    internal (int Left, int Right)? Take(long minimumFrequency)
    {
        while (_queue.TryDequeue(out Pair? pair, out Rank rank))
        {
            if (pair.Count < minimumFrequency) continue;
            if (pair.Count == rank.Count) return (pair.Left, pair.Right);

            _queue.Enqueue(pair, rank with { Count = pair.Count });
        }

        return null;
    }

    /// <summary>Merges a pair wherever it is, of places that overlap the left one, to the symbol of the last piece.</summary>
    internal void Merge(int left, int right)
    {
        int result = _pieces.Count - 1;
        _pairs.Remove((left, right), out Pair? merged);
        Span<int> symbols = CollectionsMarshal.AsSpan(_symbols), next = CollectionsMarshal.AsSpan(_next), previous = CollectionsMarshal.AsSpan(_previous);
        merged!.Places.Sort();
        foreach (int place in merged.Places)
        {
            int gone = next[place];
            if (symbols[place] != left || gone == None || symbols[gone] != right) continue;

            int before = previous[place], after = next[gone];
            if (before != None) Lose(symbols[before], left, place);
            if (after != None) Lose(right, symbols[after], place);
            symbols[place] = result;
            symbols[gone] = None;
            next[place] = after;
            if (after != None) previous[after] = place;
            if (before != None) Gain(before);
            if (after != None) Gain(place);
        }

        Queue();
    }

    private void Gain(int place)
    {
        int left = _symbols[place], right = _symbols[_next[place]];
        ref Pair? pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (left, right), out bool isKnown);
        if (!isKnown) _touched.Add(pair = new Pair(left, right));
        pair!.Places.Add(place);
        pair.Count += _counts[_words[place]];
    }

    private void Lose(int left, int right, int place)
    {
        if (_pairs.TryGetValue((left, right), out Pair? pair)) pair.Count -= _counts[_words[place]];
    }

    private void Queue()
    {
        foreach (Pair pair in _touched) _queue.Enqueue(pair, new Rank(pair.Count, _pieces[pair.Left], _pieces[pair.Right]));
        _touched.Clear();
    }

    private sealed class Pair(int left, int right)
    {
        internal readonly int Left = left, Right = right;
        internal readonly List<int> Places = [];
        internal long Count;
    }

    private readonly record struct Rank(long Count, string Left, string Right) : IComparable<Rank>
    {
        public int CompareTo(Rank other)
        {
            if (Count != other.Count) return other.Count.CompareTo(Count);

            int order = string.CompareOrdinal(Left, other.Left);
            return order != 0 ? order : string.CompareOrdinal(Right, other.Right);
        }
    }
}
