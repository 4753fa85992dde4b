using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>Products of small blocks that are in the cache already: no packing, no threads.</summary>
/// <remarks>
/// C = A·B or C += A·B, where A has any strides (so it may be a transpose) and B and C have contiguous rows. Each element of C is one chain of
/// fused multiply-adds over k, from what is in C or from 0, whatever the tile: the bits do not depend on the tile, the processor or the neighbours.
/// <code>for i, j: c = accumulate ? C[i, j] : 0; for k: c = fma(A[i, k], B[k, j], c); C[i, j] = c</code>
/// A <see cref="Vector512{T}"/> is 16 columns. With 512-bit registers a tile is 8 rows of 32 columns, else 4 rows of 16, which fill 16 registers.
/// </remarks>
internal static unsafe class BlockMultiply
{
    private const int Lanes = Row.Lanes;

    internal static void Run(int m, int n, int k, float* a, long aRow, long aStep, float* b, long bRow, float* c, long cRow, bool accumulate)
    {
        Tile tile = new() { K = k, ARow = aRow, AStep = aStep, BRow = bRow, CRow = cRow, Accumulate = accumulate };
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= m - 8; i += 8)
            {
                int j = 0;
                for (; j <= n - 2 * Lanes; j += 2 * Lanes) tile.EightByTwo(a + i * aRow, b + j, c + i * cRow + j);
                for (; j < n; j += Lanes)
                {
                    tile.FourByOne(a + i * aRow, b + j, c + i * cRow + j, n - j);
                    tile.FourByOne(a + (i + 4) * aRow, b + j, c + (i + 4) * cRow + j, n - j);
                }
            }
        }

        for (; i <= m - 4; i += 4)
        {
            for (int j = 0; j < n; j += Lanes) tile.FourByOne(a + i * aRow, b + j, c + i * cRow + j, n - j);
        }

        for (; i < m; i++)
        {
            int j = 0;
            for (; j <= n - 4 * Lanes; j += 4 * Lanes) tile.OneByFour(a + i * aRow, b + j, c + i * cRow + j);
            for (; j < n; j += Lanes) tile.OneByOne(a + i * aRow, b + j, c + i * cRow + j, n - j);
        }
    }

    private struct Tile
    {
        internal int K;
        internal long ARow, AStep, BRow, CRow;
        internal bool Accumulate;

        internal readonly void EightByTwo(float* a, float* b, float* c)
        {
            Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
            Vector512<float> c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
            if (Accumulate)
            {
                float* row = c;
                (c00, c01) = (Vector512.Load(row), Vector512.Load(row + Lanes));
                (c10, c11) = (Vector512.Load(row += CRow), Vector512.Load(row + Lanes));
                (c20, c21) = (Vector512.Load(row += CRow), Vector512.Load(row + Lanes));
                (c30, c31) = (Vector512.Load(row += CRow), Vector512.Load(row + Lanes));
                (c40, c41) = (Vector512.Load(row += CRow), Vector512.Load(row + Lanes));
                (c50, c51) = (Vector512.Load(row += CRow), Vector512.Load(row + Lanes));
                (c60, c61) = (Vector512.Load(row += CRow), Vector512.Load(row + Lanes));
                (c70, c71) = (Vector512.Load(row += CRow), Vector512.Load(row + Lanes));
            }

            long one = ARow, two = 2 * ARow, three = 3 * ARow, step = AStep, bRow = BRow;
            float* lower = a + 4 * ARow;
            for (int k = K; k > 0; k--)
            {
                Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Lanes), value = Vector512.Create(a[0]);
                (c00, c01) = (Vector512.FusedMultiplyAdd(value, b0, c00), Vector512.FusedMultiplyAdd(value, b1, c01));
                value = Vector512.Create(a[one]);
                (c10, c11) = (Vector512.FusedMultiplyAdd(value, b0, c10), Vector512.FusedMultiplyAdd(value, b1, c11));
                value = Vector512.Create(a[two]);
                (c20, c21) = (Vector512.FusedMultiplyAdd(value, b0, c20), Vector512.FusedMultiplyAdd(value, b1, c21));
                value = Vector512.Create(a[three]);
                (c30, c31) = (Vector512.FusedMultiplyAdd(value, b0, c30), Vector512.FusedMultiplyAdd(value, b1, c31));
                value = Vector512.Create(lower[0]);
                (c40, c41) = (Vector512.FusedMultiplyAdd(value, b0, c40), Vector512.FusedMultiplyAdd(value, b1, c41));
                value = Vector512.Create(lower[one]);
                (c50, c51) = (Vector512.FusedMultiplyAdd(value, b0, c50), Vector512.FusedMultiplyAdd(value, b1, c51));
                value = Vector512.Create(lower[two]);
                (c60, c61) = (Vector512.FusedMultiplyAdd(value, b0, c60), Vector512.FusedMultiplyAdd(value, b1, c61));
                value = Vector512.Create(lower[three]);
                (c70, c71) = (Vector512.FusedMultiplyAdd(value, b0, c70), Vector512.FusedMultiplyAdd(value, b1, c71));
                a += step;
                lower += step;
                b += bRow;
            }

            Store(c, c00, c01);
            Store(c += CRow, c10, c11);
            Store(c += CRow, c20, c21);
            Store(c += CRow, c30, c31);
            Store(c += CRow, c40, c41);
            Store(c += CRow, c50, c51);
            Store(c += CRow, c60, c61);
            Store(c + CRow, c70, c71);
        }

        internal readonly void FourByOne(float* a, float* b, float* c, int left)
        {
            Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
            if (Accumulate)
            {
                c0 = Row.Load(c, left);
                c1 = Row.Load(c + CRow, left);
                c2 = Row.Load(c + 2 * CRow, left);
                c3 = Row.Load(c + 3 * CRow, left);
            }

            long one = ARow, two = 2 * ARow, three = 3 * ARow, step = AStep, bRow = BRow;
            for (int k = K; k > 0; k--)
            {
                Vector512<float> value = Row.Load(b, left);
                c0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), value, c0);
                c1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[one]), value, c1);
                c2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[two]), value, c2);
                c3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[three]), value, c3);
                a += step;
                b += bRow;
            }

            Row.Store(c, c0, left);
            Row.Store(c + CRow, c1, left);
            Row.Store(c + 2 * CRow, c2, left);
            Row.Store(c + 3 * CRow, c3, left);
        }

        internal readonly void OneByFour(float* a, float* b, float* c)
        {
            Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
            if (Accumulate) (c0, c1, c2, c3) = (Vector512.Load(c), Vector512.Load(c + Lanes), Vector512.Load(c + 2 * Lanes), Vector512.Load(c + 3 * Lanes));
            for (int k = K; k > 0; k--)
            {
                Vector512<float> value = Vector512.Create(*a);
                c0 = Vector512.FusedMultiplyAdd(value, Vector512.Load(b), c0);
                c1 = Vector512.FusedMultiplyAdd(value, Vector512.Load(b + Lanes), c1);
                c2 = Vector512.FusedMultiplyAdd(value, Vector512.Load(b + 2 * Lanes), c2);
                c3 = Vector512.FusedMultiplyAdd(value, Vector512.Load(b + 3 * Lanes), c3);
                a += AStep;
                b += BRow;
            }

            Store(c, c0, c1);
            Store(c + 2 * Lanes, c2, c3);
        }

        internal readonly void OneByOne(float* a, float* b, float* c, int left)
        {
            Vector512<float> c0 = Accumulate ? Row.Load(c, left) : default;
            for (int k = K; k > 0; k--)
            {
                c0 = Vector512.FusedMultiplyAdd(Vector512.Create(*a), Row.Load(b, left), c0);
                a += AStep;
                b += BRow;
            }

            Row.Store(c, c0, left);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store(float* c, Vector512<float> low, Vector512<float> high)
        {
            low.Store(c);
            high.Store(c + Lanes);
        }
    }
}
