namespace NlpPretrain.Text;

/// <summary>A word as a row of symbols that merge: the first pair by rank, of equal ranks the leftmost, until none is left.</summary>
internal static class Symbols
{
    /// <summary>Up to here a plain search for the first pair is faster than a heap.</summary>
    private const int Short = 64;

    /// <summary>Up to here it is not worth looking for places that no merge crosses.</summary>
    private const int Whole = 16;

    /// <summary>Merges in place.</summary>
    /// <param name="merges">The pairs.</param>
    /// <param name="ids">The symbols; afterwards those that are left, at the start.</param>
    /// <param name="lengths">The length of each symbol; afterwards of those that are left.</param>
    /// <returns>How many are left.</returns>
    internal static int Merge(MergeTable merges, Span<int> ids, Span<int> lengths)
    {
        if (ids.Length <= Whole) return MergeShort(merges, ids, lengths);

        // What stands on both sides of a place that no merge crosses never meets.
        int kept = 0;
        for (int start = 0, end; start < ids.Length; start = end)
        {
            for (end = start + 1; end < ids.Length && merges.MayCross(ids[end - 1], ids[end]);) end++;
            Span<int> part = ids[start..end], partLengths = lengths[start..end];
            int left = part.Length == 1 ? 1
                : part.Length <= Short ? MergeShort(merges, part, partLengths)
                : merges.IsMonotone ? RankPasses.Merge(merges, part, partLengths)
                : MergeLong(merges, part, partLengths);
            part[..left].CopyTo(ids[kept..]);
            partLengths[..left].CopyTo(lengths[kept..]);
            kept += left;
        }

        return kept;
    }

    /// <summary>n²/2 comparisons at most.</summary>
    internal static int MergeShort(MergeTable merges, Span<int> ids, Span<int> lengths)
    {
        int count = ids.Length;
        Span<int> ranks = stackalloc int[Short];
        for (int i = 0; i < count - 1; i++) ranks[i] = merges.RankOf(ids[i], ids[i + 1]);
        while (count > 1)
        {
            int first = 0;
            for (int i = 1; i < count - 1; i++)
            {
                if (ranks[i] < ranks[first]) first = i;
            }

            if (ranks[first] == MergeTable.None) break;

            ids[first] = merges.ResultOf(ids[first], ids[first + 1]);
            lengths[first] += lengths[first + 1];
            count--;
            for (int i = first + 1; i < count; i++)
            {
                ids[i] = ids[i + 1];
                lengths[i] = lengths[i + 1];
                ranks[i - 1] = ranks[i];
            }

            if (first > 0) ranks[first - 1] = merges.RankOf(ids[first - 1], ids[first]);
            if (first < count - 1) ranks[first] = merges.RankOf(ids[first], ids[first + 1]);
        }

        return count;
    }

    /// <summary>A heap of pairs over a linked list of symbols: n·log n.</summary>
    internal static int MergeLong(MergeTable merges, Span<int> ids, Span<int> lengths)
    {
        int count = ids.Length;
        int[] next = new int[count], previous = new int[count], ranks = new int[count];
        PairHeap heap = new(count);
        for (int i = 0; i < count; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            ranks[i] = i + 1 < count ? merges.RankOf(ids[i], ids[i + 1]) : MergeTable.None;
            if (ranks[i] != MergeTable.None) heap.Append(ranks[i], i);
        }

        heap.Order();
        while (heap.TryTake(out int rank, out int at))
        {
            if (ranks[at] != rank) continue; // a part of the pair was merged before

            int gone = next[at], after = next[gone];
            ids[at] = merges.ResultOf(ids[at], ids[gone]);
            lengths[at] += lengths[gone];
            lengths[gone] = 0;
            ranks[gone] = MergeTable.None;
            next[at] = after;
            if (after < count) previous[after] = at;
            Rank(at, ids);
            if (previous[at] >= 0) Rank(previous[at], ids);
        }

        int kept = 0;
        for (int i = 0; i < count; i = next[i]) (ids[kept], lengths[kept++]) = (ids[i], lengths[i]);
        return kept;

        void Rank(int at, Span<int> ids)
        {
            ranks[at] = next[at] < count ? merges.RankOf(ids[at], ids[next[at]]) : MergeTable.None;
            if (ranks[at] != MergeTable.None) heap.Add(ranks[at], at);
        }
    }

    /// <summary>Pairs by rank, then by place: a binary heap of both in one number.</summary>
    private sealed class PairHeap(int capacity)
    {
        private ulong[] _keys = new ulong[Math.Max(capacity, 4)];
        private int _count;

        internal void Append(int rank, int at) => _keys[_count++] = KeyOf(rank, at);

        internal void Order()
        {
            for (int i = _count / 2 - 1; i >= 0; i--) Sink(i, _keys[i]);
        }

        internal void Add(int rank, int at)
        {
            if (_count == _keys.Length) Array.Resize(ref _keys, checked(2 * _count));
            ulong key = KeyOf(rank, at);
            int i = _count++;
            for (int parent; i > 0 && key < _keys[parent = (i - 1) / 2]; i = parent) _keys[i] = _keys[parent];
            _keys[i] = key;
        }

        internal bool TryTake(out int rank, out int at)
        {
            (rank, at) = (0, 0);
            if (_count == 0) return false;

            (rank, at) = ((int)(_keys[0] >> 32), (int)_keys[0]);
            if (--_count > 0) Sink(0, _keys[_count]);
            return true;
        }

        private static ulong KeyOf(int rank, int at) => (ulong)rank << 32 | (uint)at;

        private void Sink(int i, ulong key)
        {
            ulong[] keys = _keys;
            for (int child; (child = 2 * i + 1) < _count; i = child)
            {
                if (child + 1 < _count && keys[child + 1] < keys[child]) child++;
                if (key <= keys[child]) break;
                keys[i] = keys[child];
            }

            keys[i] = key;
        }
    }
}
