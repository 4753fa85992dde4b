using System.Runtime.InteropServices;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>Words as rows of pieces, and the pairs of neighbours in them by score: a merge looks only at the words that have its pair.</summary>
/// <param name="prefix">What a piece inside a word begins with.</param>
/// <param name="firstMinimum">How often a pair must occur to merge, at first; half as often whenever no pair does.</param>
/// <param name="lastMinimum">How often it must occur in the end.</param>
internal sealed class WordPiecePairs(string prefix, long firstMinimum, long lastMinimum)
{
    private readonly List<string> _symbols = [];
    private readonly Dictionary<string, int> _symbolIds = new(StringComparer.Ordinal);
    private readonly List<long> _symbolCounts = [];
    private readonly List<List<int>> _pairsOf = [];                         // by symbol, the pairs that have it on either side; may name dead ones
    private readonly List<(int[] Symbols, long Count)> _words = [];
    private readonly List<Pair> _pairs = [];
    private readonly Dictionary<(int Left, int Right), int> _pairIds = [];
    private readonly WordPieceHeap _heap = new();                           // of the pairs that occur often enough
    private long _minimum = firstMinimum;

    /// <summary>The pieces that occur or did.</summary>
    internal IReadOnlyList<string> Symbols => _symbols;

    /// <summary>Adds a word, cut to its characters.</summary>
    internal void Add(string word, long count)
    {
        List<int> symbols = [];
        foreach (Rune rune in word.EnumerateRunes()) symbols.Add(SymbolOf(symbols.Count == 0 ? rune.ToString() : prefix + rune));
        _words.Add(([.. symbols], count));
        Change(_words.Count - 1, count, only: -1);
    }

    /// <summary>Ends the adding of words.</summary>
    internal void Start() => RescoreAll();

    private void RescoreAll()
    {
        for (int pair = 0; pair < _pairs.Count; pair++)
        {
            if (_pairs[pair].Count > 0) Rescore(pair);
        }
    }

    /// <summary>Merges the pair with the highest score.</summary>
    /// <returns>What it spells; null where no pair is frequent enough.</returns>
    internal string? MergeBest()
    {
        while (_heap.Best is null && _minimum > lastMinimum)
        {
            _minimum = Math.Max(_minimum / 2, lastMinimum);
            RescoreAll();
        }

        if (_heap.Best is not { } best) return null;

        (int left, int right) = (_pairs[best].Left, _pairs[best].Right);
        string piece = _symbols[left] + _symbols[right][prefix.Length..];
        int merged = SymbolOf(piece);
        foreach (int word in _pairs[best].Words.ToArray()) Merge(word, left, right, merged);
        Rescore(left, right, merged);
        return piece;
    }

    private void Merge(int word, int left, int right, int merged)
    {
        (int[] symbols, long count) = _words[word];
        int at = IndexOf(symbols, left, right);
        if (at < 0) return;

        Change(word, -count, only: -1);
        int length = at;
        for (int i = at; i < symbols.Length; i++)
        {
            bool isPair = i + 1 < symbols.Length && symbols[i] == left && symbols[i + 1] == right;
            symbols[length++] = isPair ? merged : symbols[i];
            if (isPair) i++;
        }

        _words[word] = (symbols[..length], count);
        Change(word, count, only: merged);
    }

    private static int IndexOf(int[] symbols, int left, int right)
    {
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            if (symbols[i] == left && symbols[i + 1] == right) return i;
        }

        return -1;
    }

    /// <summary>Adds a number to the counts of a word's symbols and pairs; notes the word with the pairs of one symbol, or of all where it is −1.</summary>
    private void Change(int word, long count, int only)
    {
        int[] symbols = _words[word].Symbols;
        Span<long> symbolCounts = CollectionsMarshal.AsSpan(_symbolCounts);
        for (int i = 0; i < symbols.Length; i++)
        {
            symbolCounts[symbols[i]] += count;
            if (i + 1 == symbols.Length) continue;

            int id = PairOf(symbols[i], symbols[i + 1]);
            ref Pair pair = ref CollectionsMarshal.AsSpan(_pairs)[id];
            pair.Count += count;
            bool isNews = only < 0 || only == symbols[i] || only == symbols[i + 1];
            if (count > 0 && isNews && (pair.Words.Count == 0 || pair.Words[^1] != word)) pair.Words.Add(word);
        }
    }

    private void Rescore(params ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
        {
            List<int> pairs = _pairsOf[symbol];
            int kept = 0;
            for (int i = 0; i < pairs.Count; i++)
            {
                if (Rescore(pairs[i])) pairs[kept++] = pairs[i];
            }

            pairs.RemoveRange(kept, pairs.Count - kept);
        }
    }

    /// <returns>Whether the pair still occurs; one that does not is forgotten.</returns>
    private bool Rescore(int id)
    {
        Pair pair = _pairs[id];
        if (pair.Count >= _minimum)
        {
            double score = pair.Count / ((double)_symbolCounts[pair.Left] * _symbolCounts[pair.Right]);
            _heap.Set(id, new WordPieceScore(score, pair.Count, _symbols[pair.Left], _symbols[pair.Right]));
            return true;
        }

        _heap.Remove(id);
        if (pair.Count > 0) return true;
        if (pair.Words.Count > 0) _pairIds.Remove((pair.Left, pair.Right));
        _pairs[id] = pair with { Words = [] };
        return false;
    }

    private int PairOf(int left, int right)
    {
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairIds, (left, right), out bool isKnown);
        if (isKnown) return id;

        id = _pairs.Count;
        _pairs.Add(new Pair { Left = left, Right = right, Words = [] });
        _pairsOf[left].Add(id);
        if (right != left) _pairsOf[right].Add(id);
        return id;
    }

    private int SymbolOf(string piece)
    {
        if (_symbolIds.TryGetValue(piece, out int id)) return id;

        id = _symbols.Count;
        _symbols.Add(piece);
        _symbolIds.Add(piece, id);
        _symbolCounts.Add(0);
        _pairsOf.Add([]);
        return id;
    }

    private struct Pair
    {
        internal int Left, Right;
        internal long Count;
        internal List<int> Words;       // that had the pair, in order, some no more; without any, the pair is dead
    }
}
