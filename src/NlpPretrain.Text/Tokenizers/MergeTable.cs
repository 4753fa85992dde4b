using System.Numerics;
using System.Runtime.CompilerServices;

namespace NlpPretrain.Text;

/// <summary>What each pair of pieces merges to, and with which rank: a hash table of 16 bytes a slot.</summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge: above all others.</summary>
    internal const int None = int.MaxValue;

    private readonly Slot[] _slots;
    private readonly int _shift;

    internal MergeTable(int count)
    {
        int bits = BitOperations.Log2((uint)Math.Max(count, 8)) + 2;
        _slots = new Slot[1 << bits];
        _shift = 64 - bits;
        Array.Fill(_slots, new Slot(ulong.MaxValue, None, -1));
    }

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
