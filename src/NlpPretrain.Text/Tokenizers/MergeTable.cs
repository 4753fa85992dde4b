using System.Numerics;
using System.Runtime.CompilerServices;

namespace NlpPretrain.Text;

/// <summary>What each pair of pieces merges to, and with which rank: a hash table of 16 bytes a slot.</summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge: above all others.</summary>
    internal const int None = int.MaxValue;

    private const int CrossingBits = 18;

    private readonly Slot[] _slots;
    private readonly int _shift;
    private readonly ulong[] _crossings = new ulong[1 << CrossingBits - 6];

    internal MergeTable(int count)
    {
        int bits = BitOperations.Log2((uint)Math.Max(count, 8)) + 2;
        _slots = new Slot[1 << bits];
        _shift = 64 - bits;
        Array.Fill(_slots, new Slot(ulong.MaxValue, None, -1));
    }

    /// <summary>Whether no merge makes a pair that merges before it. So it is in what a trainer learns.</summary>
    internal bool IsMonotone { get; private set; }

    /// <summary>Adds a pair.</summary>
    /// <returns>False where it is there already.</returns>
    internal bool TryAdd(int left, int right, int rank, int result)
    {
        ref Slot slot = ref Find(left, right);
        if (slot.Rank != None) return false;

        slot = new Slot(KeyOf(left, right), rank, result);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int RankOf(int left, int right) => Find(left, right).Rank;

    internal int ResultOf(int left, int right) => Find(left, right).Result;

    /// <summary>Says that a merge may put two first symbols, of characters or bytes, into one.</summary>
    internal void AllowCrossing(int left, int right)
    {
        int bit = BitOf(left, right);
        _crossings[bit >> 6] |= 1UL << bit;
    }

    /// <summary>Whether a merge may put two first symbols into one; never false where one does, rarely true where none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool MayCross(int left, int right)
    {
        int bit = BitOf(left, right);
        return (_crossings[bit >> 6] >> bit & 1) != 0;
    }

    /// <summary>Ends the adding of pairs.</summary>
    /// <param name="pieces">The number of pieces.</param>
    internal void Freeze(int pieces)
    {
        int[] firstUse = new int[pieces];
        Array.Fill(firstUse, None);
        foreach (Slot slot in _slots)
        {
            if (slot.Rank == None) continue;
            foreach (int part in (ReadOnlySpan<int>)[(int)(slot.Key >> 32), (int)slot.Key]) firstUse[part] = Math.Min(firstUse[part], slot.Rank);
        }

        IsMonotone = true;
        foreach (Slot slot in _slots) IsMonotone &= slot.Rank == None || firstUse[slot.Result] > slot.Rank;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BitOf(int left, int right) => (int)(KeyOf(left, right) * 0x9E3779B97F4A7C15 >> 64 - CrossingBits);

    private static ulong KeyOf(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot Find(int left, int right)
    {
        ulong key = KeyOf(left, right);
        Slot[] slots = _slots;
        for (ulong i = key * 0x9E3779B97F4A7C15 >> _shift; ; i++)
        {
            ref Slot slot = ref slots[(int)i & slots.Length - 1];
            if (slot.Key == key || slot.Rank == None) return ref slot;
        }
    }

    private readonly record struct Slot(ulong Key, int Rank, int Result);
}
