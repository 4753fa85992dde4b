using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace NlpPretrain.Kernels;

/// <summary>The inner loop of matrix multiplication: a tile of C held in registers.</summary>
/// <remarks>
/// <para>C is rows x 1 or 2 registers, each side anywhere: A[r, k] is <c>r·aRow + k·aStep</c> behind its start, B's row k is <c>k·bStep</c> behind, and C's
/// row r <c>r·cRow</c>. Register j of row r holds C[r, j·Width .. (j + 1)·Width − 1], lane by lane, and does</para>
/// <code>
/// for (k = 0; k &lt; K; k++) C[r, n] = FusedMultiplyAdd(A[k, r], B[k, n], C[r, n]);     // C starts from 0, or from the rows at start
/// </code>
/// <para>so an element is one chain over k, whatever the tile or the width. Columns are whole registers: the caller pads what remains. One body serves
/// every width and number of rows, because its type arguments are constants to the JIT: an unused accumulator disappears. 24 accumulators of
/// 32 registers (12 of 16) hide the latency of the multiply-adds: 12 x 2 = 24 &gt; 2 a cycle x 4 cycles, and each load of A serves two of them.
/// Each term asks for the cache line at <c>fetch + k·fetchStep</c> too, with two registers also for the one behind: what is read next of B, or of A.</para>
/// </remarks>
internal static unsafe class MatrixTile
{
    /// <summary>Rows of B between the one that is read and the one to fetch, where these are on pages that the processor's own prefetching does not follow.</summary>
    internal const int RowsAhead = 16;

    private const int Line = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TRegister, TVector, TRows, TColumns>(
        nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, float* start, nint startRow, float* fetch, nint fetchStep)
        where TRegister : struct, IMatrixRegister<TVector>
        where TRows : struct, ICount
        where TColumns : struct, ICount
    {
        int width = TRegister.Width, rows = TRows.Value;
        bool wide = TColumns.Value == 2;
        TVector l0 = TRegister.Broadcast(0), h0 = TRegister.Broadcast(0);
        TVector l1 = TRegister.Broadcast(0), h1 = TRegister.Broadcast(0);
        TVector l2 = TRegister.Broadcast(0), h2 = TRegister.Broadcast(0);
        TVector l3 = TRegister.Broadcast(0), h3 = TRegister.Broadcast(0);
        TVector l4 = TRegister.Broadcast(0), h4 = TRegister.Broadcast(0);
        TVector l5 = TRegister.Broadcast(0), h5 = TRegister.Broadcast(0);
        TVector l6 = TRegister.Broadcast(0), h6 = TRegister.Broadcast(0);
        TVector l7 = TRegister.Broadcast(0), h7 = TRegister.Broadcast(0);
        TVector l8 = TRegister.Broadcast(0), h8 = TRegister.Broadcast(0);
        TVector l9 = TRegister.Broadcast(0), h9 = TRegister.Broadcast(0);
        TVector l10 = TRegister.Broadcast(0), h10 = TRegister.Broadcast(0);
        TVector l11 = TRegister.Broadcast(0), h11 = TRegister.Broadcast(0);

        float* row = start;
        if (start != null)
        {
            l0 = TRegister.Load(row);
            if (wide) h0 = TRegister.Load(row + width);
            if (rows > 1) { l1 = TRegister.Load(row += startRow); if (wide) h1 = TRegister.Load(row + width); }
            if (rows > 2) { l2 = TRegister.Load(row += startRow); if (wide) h2 = TRegister.Load(row + width); }
            if (rows > 3) { l3 = TRegister.Load(row += startRow); if (wide) h3 = TRegister.Load(row + width); }
            if (rows > 4) { l4 = TRegister.Load(row += startRow); if (wide) h4 = TRegister.Load(row + width); }
            if (rows > 5) { l5 = TRegister.Load(row += startRow); if (wide) h5 = TRegister.Load(row + width); }
            if (rows > 6) { l6 = TRegister.Load(row += startRow); if (wide) h6 = TRegister.Load(row + width); }
            if (rows > 7) { l7 = TRegister.Load(row += startRow); if (wide) h7 = TRegister.Load(row + width); }
            if (rows > 8) { l8 = TRegister.Load(row += startRow); if (wide) h8 = TRegister.Load(row + width); }
            if (rows > 9) { l9 = TRegister.Load(row += startRow); if (wide) h9 = TRegister.Load(row + width); }
            if (rows > 10) { l10 = TRegister.Load(row += startRow); if (wide) h10 = TRegister.Load(row + width); }
            if (rows > 11) { l11 = TRegister.Load(row += startRow); if (wide) h11 = TRegister.Load(row + width); }
        }

        nint two = 2 * aRow, three = 3 * aRow;
        float* middle = a + 4 * aRow, lower = a + 8 * aRow;
        for (; k > 0; k--)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(fetch);
                if (wide && width >= Line) Sse.Prefetch0(fetch + width);
            }

            TVector low = TRegister.Load(b), high = wide ? TRegister.Load(b + width) : low;
            TVector x = TRegister.Broadcast(a[0]);
            l0 = TRegister.MultiplyAdd(x, low, l0);
            if (wide) h0 = TRegister.MultiplyAdd(x, high, h0);
            if (rows > 1) { x = TRegister.Broadcast(a[aRow]); l1 = TRegister.MultiplyAdd(x, low, l1); if (wide) h1 = TRegister.MultiplyAdd(x, high, h1); }
            if (rows > 2) { x = TRegister.Broadcast(a[two]); l2 = TRegister.MultiplyAdd(x, low, l2); if (wide) h2 = TRegister.MultiplyAdd(x, high, h2); }
            if (rows > 3) { x = TRegister.Broadcast(a[three]); l3 = TRegister.MultiplyAdd(x, low, l3); if (wide) h3 = TRegister.MultiplyAdd(x, high, h3); }
            if (rows > 4) { x = TRegister.Broadcast(middle[0]); l4 = TRegister.MultiplyAdd(x, low, l4); if (wide) h4 = TRegister.MultiplyAdd(x, high, h4); }
            if (rows > 5) { x = TRegister.Broadcast(middle[aRow]); l5 = TRegister.MultiplyAdd(x, low, l5); if (wide) h5 = TRegister.MultiplyAdd(x, high, h5); }
            if (rows > 6) { x = TRegister.Broadcast(middle[two]); l6 = TRegister.MultiplyAdd(x, low, l6); if (wide) h6 = TRegister.MultiplyAdd(x, high, h6); }
            if (rows > 7) { x = TRegister.Broadcast(middle[three]); l7 = TRegister.MultiplyAdd(x, low, l7); if (wide) h7 = TRegister.MultiplyAdd(x, high, h7); }
            if (rows > 8) { x = TRegister.Broadcast(lower[0]); l8 = TRegister.MultiplyAdd(x, low, l8); if (wide) h8 = TRegister.MultiplyAdd(x, high, h8); }
            if (rows > 9) { x = TRegister.Broadcast(lower[aRow]); l9 = TRegister.MultiplyAdd(x, low, l9); if (wide) h9 = TRegister.MultiplyAdd(x, high, h9); }
            if (rows > 10) { x = TRegister.Broadcast(lower[two]); l10 = TRegister.MultiplyAdd(x, low, l10); if (wide) h10 = TRegister.MultiplyAdd(x, high, h10); }
            if (rows > 11) { x = TRegister.Broadcast(lower[three]); l11 = TRegister.MultiplyAdd(x, low, l11); if (wide) h11 = TRegister.MultiplyAdd(x, high, h11); }
            a += aStep;
            middle += aStep;
            lower += aStep;
            b += bStep;
            fetch += fetchStep;
        }

        row = c;
        TRegister.Store(l0, row);
        if (wide) TRegister.Store(h0, row + width);
        if (rows > 1) { TRegister.Store(l1, row += cRow); if (wide) TRegister.Store(h1, row + width); }
        if (rows > 2) { TRegister.Store(l2, row += cRow); if (wide) TRegister.Store(h2, row + width); }
        if (rows > 3) { TRegister.Store(l3, row += cRow); if (wide) TRegister.Store(h3, row + width); }
        if (rows > 4) { TRegister.Store(l4, row += cRow); if (wide) TRegister.Store(h4, row + width); }
        if (rows > 5) { TRegister.Store(l5, row += cRow); if (wide) TRegister.Store(h5, row + width); }
        if (rows > 6) { TRegister.Store(l6, row += cRow); if (wide) TRegister.Store(h6, row + width); }
        if (rows > 7) { TRegister.Store(l7, row += cRow); if (wide) TRegister.Store(h7, row + width); }
        if (rows > 8) { TRegister.Store(l8, row += cRow); if (wide) TRegister.Store(h8, row + width); }
        if (rows > 9) { TRegister.Store(l9, row += cRow); if (wide) TRegister.Store(h9, row + width); }
        if (rows > 10) { TRegister.Store(l10, row += cRow); if (wide) TRegister.Store(h10, row + width); }
        if (rows > 11) { TRegister.Store(l11, row += cRow); if (wide) TRegister.Store(h11, row + width); }
    }

    /// <summary>A number that the JIT knows: one compiled body for each.</summary>
    internal interface ICount
    {
        static abstract int Value { get; }
    }

    internal readonly struct Count1 : ICount { public static int Value => 1; }
    internal readonly struct Count2 : ICount { public static int Value => 2; }
    internal readonly struct Count3 : ICount { public static int Value => 3; }
    internal readonly struct Count4 : ICount { public static int Value => 4; }
    internal readonly struct Count5 : ICount { public static int Value => 5; }
    internal readonly struct Count6 : ICount { public static int Value => 6; }
    internal readonly struct Count7 : ICount { public static int Value => 7; }
    internal readonly struct Count8 : ICount { public static int Value => 8; }
    internal readonly struct Count9 : ICount { public static int Value => 9; }
    internal readonly struct Count10 : ICount { public static int Value => 10; }
    internal readonly struct Count11 : ICount { public static int Value => 11; }
    internal readonly struct Count12 : ICount { public static int Value => 12; }
}
