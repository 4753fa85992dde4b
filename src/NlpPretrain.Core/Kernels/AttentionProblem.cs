using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NlpPretrain.Initialization;

namespace NlpPretrain.Kernels;

/// <summary>Queries, keys and values with the sizes and the masks of an attention, for both its directions.</summary>
/// <remarks>
/// Scores are kept as [keys, queries], by blocks of 64: 16 queries share a vector, so that the maximum and the sum over the keys are one chain a query, in
/// the order of the keys. Key blocks begin at position 0. So the bits of a query depend on itself and on the keys it sees, and on nothing beside them.
/// </remarks>
internal unsafe struct AttentionProblem
{
    internal const int Block = 64, MostHeadSize = 256;

    internal int Batch, Heads, Queries, Keys, HeadSize;
    internal bool IsCausal;

    /// <summary>How many keys each sequence has, or null where all have <see cref="Keys"/>.</summary>
    internal int* Lengths;

    /// <summary>1/√d</summary>
    internal float Scale;

    internal float* Query, Key, Value;

    /// <summary>Distances between rows, and between sequences.</summary>
    internal long QueryRow, KeyRow, ValueRow, QueryStep, KeyStep, ValueStep;

    /// <summary>Probabilities whose 32 bits are below this are dropped; 0 drops none. Those kept are multiplied by <see cref="KeptScale"/>.</summary>
    internal uint DropBelow;

    internal float KeptScale;
    internal RandomStream Random;

    /// <summary>The largest score and 1 / Σ e^(score − largest) of each query, [B, H, T] each; or null where no backward comes.</summary>
    internal float* Largest, Reciprocal;

    internal readonly int Pairs => Batch * Heads;

    internal readonly int QueryBlocks => (Queries + Block - 1) / Block;

    internal readonly int KeyBlocks => (Keys + Block - 1) / Block;

    /// <summary>Columns of a head with its padding to whole vectors.</summary>
    internal readonly int PaddedSize => (HeadSize + Row.Lanes - 1) / Row.Lanes * Row.Lanes;

    internal readonly float* QueryAt(int pair, int row) => Query + pair / Heads * QueryStep + row * QueryRow + pair % Heads * HeadSize;

    internal readonly float* KeyAt(int pair, int row) => Key + pair / Heads * KeyStep + row * KeyRow + pair % Heads * HeadSize;

    internal readonly float* ValueAt(int pair, int row) => Value + pair / Heads * ValueStep + row * ValueRow + pair % Heads * HeadSize;

    /// <summary>How many keys the last query of a block sees: all of its sequence, or those up to its own position.</summary>
    internal readonly int KeysOf(int pair, int queryEnd)
    {
        int keys = Lengths == null ? Keys : Lengths[pair / Heads];
        return IsCausal ? Math.Min(keys, queryEnd + Keys - Queries) : keys;
    }

    /// <summary>Whether a query of a block is before a key of a block, so that its lanes need <see cref="Sees"/>.</summary>
    internal readonly bool NeedsMask(int firstQuery, int keyEnd) => IsCausal && keyEnd - 1 > firstQuery + Keys - Queries;

    /// <summary>All bits where the query of the lane is not before the key; queries are the last of the keys' positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly TSimd Sees<TSimd>(int firstQuery, int key) where TSimd : struct, ISimd<TSimd> =>
        TSimd.AndNot(TSimd.FirstLanes(Row.Lanes), TSimd.FirstLanes(key - (firstQuery + Keys - Queries)));

    /// <summary>0 where dropped, else <see cref="KeptScale"/>, for 16 queries and a key: numbered by sequence, head, key and query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly TSimd Kept<TSimd>(int pair, int firstQuery, int key) where TSimd : struct, ISimd<TSimd>
    {
        TSimd bits = Random.Eight<TSimd>(((ulong)pair << 40) | ((ulong)key << 20) | (uint)(firstQuery / 2));
        return TSimd.AreBitsAtLeast(bits, DropBelow) & KeptScale;
    }

    /// <summary>The transpose of scaled rows, [columns, 64]; zeros behind the last row.</summary>
    internal static void Turn(float* x, long stride, int rows, int columns, float scale, float* turned)
    {
        int lanes = (rows + Row.Lanes - 1) / Row.Lanes * Row.Lanes, i = 0;
        if (Sse.IsSupported)
        {
            for (; i <= rows - 4; i += 4)
            {
                int k = 0;
                for (; k <= columns - 4; k += 4) TurnFour(x + i * stride + k, stride, scale, turned + k * Block + i);
                for (; k < columns; k++)
                {
                    for (int row = i; row < i + 4; row++) turned[k * Block + row] = x[row * stride + k] * scale;
                }
            }
        }

        for (; i < lanes; i++)
        {
            for (int k = 0; k < columns; k++) turned[k * Block + i] = i < rows ? x[i * stride + k] * scale : 0;
        }
    }

    /// <summary>Scaled rows beside each other, with zeros in the padding.</summary>
    internal static void Pack<TSimd>(float* x, long stride, int rows, int columns, float scale, float* packed, int padded) where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < columns; k += Row.Lanes) (Row.Load<TSimd>(x + i * stride + k, columns - k) * scale).Store(packed + i * padded + k);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnFour(float* x, long stride, float scale, float* turned)
    {
        Vector128<float> r0 = Vector128.Load(x) * scale, r1 = Vector128.Load(x + stride) * scale;
        Vector128<float> r2 = Vector128.Load(x + 2 * stride) * scale, r3 = Vector128.Load(x + 3 * stride) * scale;
        Vector128<float> low01 = Sse.UnpackLow(r0, r1), low23 = Sse.UnpackLow(r2, r3);
        Vector128<float> high01 = Sse.UnpackHigh(r0, r1), high23 = Sse.UnpackHigh(r2, r3);
        Sse.MoveLowToHigh(low01, low23).Store(turned);
        Sse.MoveHighToLow(low23, low01).Store(turned + Block);
        Sse.MoveLowToHigh(high01, high23).Store(turned + 2 * Block);
        Sse.MoveHighToLow(high23, high01).Store(turned + 3 * Block);
    }
}
