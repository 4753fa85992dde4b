using System.Buffers;

namespace NlpPretrain.Text;

/// <summary>Merges of a long word where no merge makes a pair that merges before it: rank by rank, all pairs of one in a pass.</summary>
/// <remarks>The same as one merge at a time, for pairs of one rank meet only where both parts are the same piece, and those go from left to right.</remarks>
internal static class RankPasses
{
    /// <summary>Merges in place, as <see cref="Symbols.Merge"/>.</summary>
    internal static int Merge(MergeTable merges, Span<int> ids, Span<int> lengths)
    {
        Symbol[] rented = ArrayPool<Symbol>.Shared.Rent(ids.Length);
        Span<Symbol> symbols = rented.AsSpan(0, ids.Length);
        PairsByRank pairs = new();
        for (int i = 0; i < symbols.Length; i++)
        {
            symbols[i] = new Symbol(ids[i], i + 1 < symbols.Length ? merges.RankOf(ids[i], ids[i + 1]) : MergeTable.None, 1);
            pairs.Add(symbols[i].Rank, i);
        }

        while (pairs.TryTake(out int rank, out Span<int> places))
        {
            bool isFirst = true;
            int result = 0;
            foreach (int at in places)
            {
                if (symbols[at].Rank != rank) continue;     // a part of the pair was merged before

                if (isFirst) result = merges.ResultOf(symbols[at].Id, symbols[at + symbols[at].Span].Id);
                isFirst = false;
                Join(symbols, at, result, merges, pairs);
            }
        }

        int kept = 0;
        for (int i = 0, next; i < symbols.Length; i = next)
        {
            next = i + symbols[i].Span;
            int length = 0;
            for (int j = i; j < next; j++) length += lengths[j];
            (ids[kept], lengths[kept++]) = (symbols[i].Id, length);
        }

        ArrayPool<Symbol>.Shared.Return(rented);
        return kept;
    }

    private static void Join(Span<Symbol> symbols, int at, int result, MergeTable merges, PairsByRank pairs)
    {
        ref Symbol joined = ref symbols[at];
        ref Symbol gone = ref symbols[at + joined.Span];
        gone.Rank = MergeTable.None;
        int after = at + joined.Span + gone.Span;
        joined.Id = result;
        joined.Span = symbols[after - 1].Span = after - at;
        joined.Rank = after < symbols.Length ? merges.RankOf(result, symbols[after].Id) : MergeTable.None;
        pairs.Add(joined.Rank, at);
        if (at == 0) return;

        int before = at - symbols[at - 1].Span;
        symbols[before].Rank = merges.RankOf(symbols[before].Id, result);
        pairs.Add(symbols[before].Rank, before);
    }

    /// <param name="Id">The piece.</param>
    /// <param name="Rank">Of the pair of this and the next.</param>
    /// <param name="Span">How many of the first symbols it is; in the last of them too, so that it is found from the next.</param>
    private record struct Symbol(int Id, int Rank, int Span);

    /// <summary>Where the pairs of each rank are.</summary>
    private sealed class PairsByRank
    {
        private readonly Dictionary<int, Row> _rows = [];
        private readonly PriorityQueue<Row, int> _open = new();
        private Row? _taken;
        private Row _last = new(MergeTable.None);

        internal void Add(int rank, int at)
        {
            if (rank == MergeTable.None) return;

            if (_last.Rank != rank && !_rows.TryGetValue(rank, out _last!))
            {
                _last = new Row(rank);
                _rows.Add(rank, _last);
                _open.Enqueue(_last, rank);
            }

            _last.Add(at);
        }

        /// <summary>Takes the pairs of the lowest rank, from left to right.</summary>
        internal bool TryTake(out int rank, out Span<int> places)
        {
            places = default;
            _taken?.LetGo();
            if (!_open.TryDequeue(out Row? row, out rank)) return false;

            _taken = row;

            places = row.Take();
            _rows.Remove(rank);
            if (_last == row) _last = new Row(MergeTable.None);
            return true;
        }
    }

    private sealed class Row(int rank)
    {
        private int[] _places = new int[4];
        private int _count;
        private bool _isSorted = true;

        internal int Rank { get; } = rank;

        internal void Add(int at)
        {
            if (_count == _places.Length) WorkArray.Grow(ref _places, _count + 1);
            _isSorted &= _count == 0 || _places[_count - 1] < at;
            _places[_count++] = at;
        }

        internal void LetGo() => WorkArray.Shrink(ref _places);

        internal Span<int> Take()
        {
            Span<int> places = _places.AsSpan(0, _count);
            if (!_isSorted) places.Sort();
            return places;
        }
    }
}
