namespace NlpPretrain.Text;

/// <summary>Counts of pairs of word ids: open addressing, linear probing, half full at most.</summary>
internal sealed class PairTable(int? maxPairs = null)
{
    private Slot[] _slots = new Slot[1024];
    private int _shift = 64 - 10;
    private long _forgotten;

    internal int Count { get; private set; }

    internal void Add(int first, int second, long count = 1)
    {
        ulong key = KeyOf(first, second);
        ref Slot slot = ref SlotOf(_slots, _shift, key);
        if (slot.Key == 0)
        {
            slot.Key = key;
            Count++;
        }

        slot.Count += count;
        if (Count > maxPairs) Forget();
        else if (2 * Count > _slots.Length) Move(_slots.Length * 2);
    }

    internal bool Contains(int first, int second) => SlotOf(_slots, _shift, KeyOf(first, second)).Key != 0;

    /// <summary>All pairs, in no order that callers may depend on.</summary>
    internal IEnumerable<(int First, int Second, long Count)> Pairs()
    {
        foreach (Slot slot in _slots)
        {
            if (slot.Key != 0) yield return ((int)((slot.Key >> 32) - 1), (int)(uint)slot.Key, slot.Count);
        }
    }

    // The first id is one up, so that no key is 0.
    private static ulong KeyOf(int first, int second) => (ulong)((uint)first + 1) << 32 | (uint)second;

    private static ref Slot SlotOf(Slot[] slots, int shift, ulong key)
    {
        ulong hash = key * 0x9E3779B97F4A7C15;
        ulong i = (hash ^ hash >> 32) * 0xADF85458A2BB4A9B >> shift;
        while (true)
        {
            ref Slot slot = ref slots[i++ & (ulong)(slots.Length - 1)];
            if (slot.Key == key || slot.Key == 0) return ref slot;
        }
    }

    /// <summary>Forgets rare pairs, until a quarter of the places is free: a corpus of new pairs does not come here at every one of them.</summary>
    private void Forget()
    {
        while (Count > maxPairs / 4 * 3)
        {
            _forgotten++;
            Move(_slots.Length);
        }
    }

    private void Move(int length)
    {
        Slot[] old = _slots;
        _slots = new Slot[length];
        _shift = 64 - System.Numerics.BitOperations.Log2((uint)length);
        Count = 0;
        foreach (Slot slot in old)
        {
            if (slot.Key == 0 || slot.Count <= _forgotten) continue;
            SlotOf(_slots, _shift, slot.Key) = slot;
            Count++;
        }
    }

    private struct Slot
    {
        internal ulong Key;
        internal long Count;
    }
}
