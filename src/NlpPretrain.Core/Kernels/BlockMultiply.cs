using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static NlpPretrain.Kernels.MatrixTile;

namespace NlpPretrain.Kernels;

/// <summary>Products of small blocks that are in the cache already: no packing, no threads.</summary>
/// <remarks>
/// C = A·B or C += A·B, where A has any strides (so it may be a transpose) and B and C have contiguous rows. Each element of C is one chain of
/// fused multiply-adds over k, from what is in C or from 0, whatever the tile: the bits do not depend on the tile, the processor or the neighbours.
/// <code>for i, j: c = accumulate ? C[i, j] : 0; for k: c = fma(A[i, k], B[k, j], c); C[i, j] = c</code>
/// Tiles are 8 rows of two registers where there are 32 registers, else 4 of two; columns that fill no register go by narrower ones.
/// </remarks>
internal static unsafe class BlockMultiply
{
    internal static void Run(int m, int n, int k, float* a, long aRow, long aStep, float* b, long bRow, float* c, long cRow, bool accumulate)
    {
        Block block = new() { M = m, N = n, K = k, A = a, ARow = aRow, AStep = aStep, B = b, BRow = bRow, C = c, CRow = cRow, Accumulate = accumulate };
        int done = 0;
        if (Avx512F.IsSupported) done = block.Columns<Register512, Vector512<float>>(done, has32Registers: true);
        if (Fma.IsSupported) done = block.Columns<Register256, Vector256<float>>(done, has32Registers: false);
        if (Fma.IsSupported || AdvSimd.Arm64.IsSupported) done = block.Columns<Register128, Vector128<float>>(done, AdvSimd.Arm64.IsSupported);
        block.Columns<Register32, float>(done, has32Registers: false);
    }

    private struct Block
    {
        internal int M, N, K;
        internal long ARow, AStep, BRow, CRow;
        internal float* A, B, C;
        internal bool Accumulate;

        /// <summary>Computes the columns from the first on that fill registers, and returns the first that do not.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly int Columns<TRegister, TVector>(int first, bool has32Registers)
            where TRegister : struct, IMatrixRegister<TVector>
        {
            int end = first + (N - first) / TRegister.Width * TRegister.Width, row = 0;
            if (first == end) return end;

            if (has32Registers)
            {
                for (; row <= M - 8; row += 8) Rows<TRegister, TVector, Count8>(row, first, end);
            }

            for (; row <= M - 4; row += 4) Rows<TRegister, TVector, Count4>(row, first, end);
            for (; row < M; row++) Rows<TRegister, TVector, Count1>(row, first, end);
            return end;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Rows<TRegister, TVector, TRows>(int row, int first, int end)
            where TRegister : struct, IMatrixRegister<TVector>
            where TRows : struct, ICount
        {
            for (; first <= end - 2 * TRegister.Width; first += 2 * TRegister.Width) Tile<TRegister, TVector, TRows, Count2>(row, first);
            if (first < end) Tile<TRegister, TVector, TRows, Count1>(row, first);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Tile<TRegister, TVector, TRows, TColumns>(int row, int column)
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

            float* start = C + row * CRow + column, c = start;
            if (Accumulate)
            {
                l0 = TRegister.Load(c); if (wide) h0 = TRegister.Load(c + width);
                if (rows > 1) { l1 = TRegister.Load(c += CRow); if (wide) h1 = TRegister.Load(c + width); }
                if (rows > 2) { l2 = TRegister.Load(c += CRow); if (wide) h2 = TRegister.Load(c + width); }
                if (rows > 3) { l3 = TRegister.Load(c += CRow); if (wide) h3 = TRegister.Load(c + width); }
                if (rows > 4) { l4 = TRegister.Load(c += CRow); if (wide) h4 = TRegister.Load(c + width); }
                if (rows > 5) { l5 = TRegister.Load(c += CRow); if (wide) h5 = TRegister.Load(c + width); }
                if (rows > 6) { l6 = TRegister.Load(c += CRow); if (wide) h6 = TRegister.Load(c + width); }
                if (rows > 7) { l7 = TRegister.Load(c += CRow); if (wide) h7 = TRegister.Load(c + width); }
            }

            long one = ARow, two = 2 * ARow, three = 3 * ARow, step = AStep, bRow = BRow;
            float* a = A + row * ARow, lower = a + 4 * ARow, b = B + column;
            for (int k = K; k > 0; k--)
            {
                TVector low = TRegister.Load(b), high = wide ? TRegister.Load(b + width) : low, x = TRegister.Broadcast(a[0]);
                l0 = TRegister.MultiplyAdd(x, low, l0);
                if (wide) h0 = TRegister.MultiplyAdd(x, high, h0);
                if (rows > 1) { x = TRegister.Broadcast(a[one]); l1 = TRegister.MultiplyAdd(x, low, l1); if (wide) h1 = TRegister.MultiplyAdd(x, high, h1); }
                if (rows > 2) { x = TRegister.Broadcast(a[two]); l2 = TRegister.MultiplyAdd(x, low, l2); if (wide) h2 = TRegister.MultiplyAdd(x, high, h2); }
                if (rows > 3) { x = TRegister.Broadcast(a[three]); l3 = TRegister.MultiplyAdd(x, low, l3); if (wide) h3 = TRegister.MultiplyAdd(x, high, h3); }
                if (rows > 4) { x = TRegister.Broadcast(lower[0]); l4 = TRegister.MultiplyAdd(x, low, l4); if (wide) h4 = TRegister.MultiplyAdd(x, high, h4); }
                if (rows > 5) { x = TRegister.Broadcast(lower[one]); l5 = TRegister.MultiplyAdd(x, low, l5); if (wide) h5 = TRegister.MultiplyAdd(x, high, h5); }
                if (rows > 6) { x = TRegister.Broadcast(lower[two]); l6 = TRegister.MultiplyAdd(x, low, l6); if (wide) h6 = TRegister.MultiplyAdd(x, high, h6); }
                if (rows > 7) { x = TRegister.Broadcast(lower[three]); l7 = TRegister.MultiplyAdd(x, low, l7); if (wide) h7 = TRegister.MultiplyAdd(x, high, h7); }
                a += step;
                lower += step;
                b += bRow;
            }

            c = start;
            TRegister.Store(l0, c); if (wide) TRegister.Store(h0, c + width);
            if (rows > 1) { TRegister.Store(l1, c += CRow); if (wide) TRegister.Store(h1, c + width); }
            if (rows > 2) { TRegister.Store(l2, c += CRow); if (wide) TRegister.Store(h2, c + width); }
            if (rows > 3) { TRegister.Store(l3, c += CRow); if (wide) TRegister.Store(h3, c + width); }
            if (rows > 4) { TRegister.Store(l4, c += CRow); if (wide) TRegister.Store(h4, c + width); }
            if (rows > 5) { TRegister.Store(l5, c += CRow); if (wide) TRegister.Store(h5, c + width); }
            if (rows > 6) { TRegister.Store(l6, c += CRow); if (wide) TRegister.Store(h6, c + width); }
            if (rows > 7) { TRegister.Store(l7, c += CRow); if (wide) TRegister.Store(h7, c + width); }
        }
    }
}
