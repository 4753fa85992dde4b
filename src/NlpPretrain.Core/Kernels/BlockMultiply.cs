namespace NlpPretrain.Kernels;

/// <summary>Products of small blocks that are in the cache already: no packing, no threads.</summary>
/// <remarks>
/// C = A·B or C += A·B, where A has any strides (so it may be a transpose) and B and C have contiguous rows. Each element of C is one chain of
/// fused multiply-adds over k, from what is in C or from 0, whatever the tile: the bits do not depend on the tile, the processor or the neighbours.
/// <code>for i, j: c = accumulate ? C[i, j] : 0; for k: c = fma(A[i, k], B[k, j], c); C[i, j] = c</code>
/// Columns that fill no register go by narrower ones.
/// </remarks>
internal static unsafe class BlockMultiply
{
    private static readonly MatrixKernels[] Widths = MatrixKernels.Supported;

    internal static void Run(int m, int n, int k, float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, bool accumulate)
    {
        for (int width = 0, done = 0; done < n; width++)
        {
            MatrixKernels kernels = Widths[width];
            int end = done + (n - done) / kernels.Width * kernels.Width, panels = (m + kernels.Rows - 1) / kernels.Rows;
            if (end == done) continue;

            for (int panel = 0, row = 0; panel < panels; panel++)
            {
                int rows = m / panels + (panel < m % panels ? 1 : 0);
                for (int column = done; column < end; column += kernels.Columns)
                {
                    float* target = c + row * cRow + column;
                    int registers = Math.Min(2, (end - column) / kernels.Width);
                    kernels.Tile(rows, registers)(k, a + row * aRow, aRow, aStep, b + column, bRow, target, cRow, accumulate ? target : null, cRow, b + column + MatrixTile.RowsAhead * bRow, bRow);
                }

                row += rows;
            }

            done = end;
        }
    }
}
