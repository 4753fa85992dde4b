namespace NlpPretrain.Kernels;

internal unsafe partial struct MatrixProduct
{
    // Rows m .. m + rows − 1 of A as the tiles read them: where they lie, or copied.
    private readonly LeftBlock Left(float* a, int m, int rows, int k, int terms, float* copy)
    {
        bool isTransposed = Transpose == Transpose.Left;
        if (IsLeftDirect) return isTransposed ? new(a + (nint)k * Lda + m, 1, Lda) : new(a + (nint)m * Lda + k, Lda, 1);
        if (isTransposed) return PackPanels(a + (nint)k * Lda + m, M - m, rows, terms, copy);

        int panels = (rows + Kernels.Rows - 1) / Kernels.Rows;
        for (int panel = 0, row = 0; panel < panels; panel++)
        {
            int count = PanelRows(rows, panels, panel);
            MatrixPacking.Transpose(count, count, terms, a + (nint)(m + row) * Lda + k, Lda, copy + (nint)row * terms, count, mayOverrun: true);
            row += count;
        }

        return new(copy, terms, 0);
    }

    // A stored [K, M]: panels of as many rows as a tile has, each [K, rows].
    private readonly LeftBlock PackPanels(float* a, int readable, int rows, int terms, float* target)
    {
        int panels = (rows + Kernels.Rows - 1) / Kernels.Rows;
        for (int panel = 0, row = 0; panel < panels;)
        {
            int count = PanelRows(rows, panels, panel), together = 1;
            while (together < MatrixPacking.StripsAtOnce && panel + together < panels && PanelRows(rows, panels, panel + together) == count) together++;
            bool mayReadOver = readable - row - (together - 1) * count >= Row.Lanes;
            MatrixPacking.CopyStrips(together, count, terms, a + row, Lda, target + (nint)row * terms, (nint)count * terms, mayReadOver);
            (panel, row) = (panel + together, row + together * count);
        }

        return new(target, terms, 0);
    }

    /// <summary>Where rows of A are: row r and term k at <c>r·Row + k·Step</c>; with a step of 0, panel after panel as they were packed.</summary>
    private readonly struct LeftBlock(float* start, nint row, nint step)
    {
        internal float* Tile(int first) => start + first * row;

        internal nint Row => step == 0 ? 1 : row;

        internal nint Step(int rowsOfTile) => step == 0 ? rowsOfTile : step;
    }

    /// <summary>Packs strips of whole columns from column j on, for terms k .. k + terms − 1 of B, which is not transposed.</summary>
    internal static void PackStrips(MatrixKernels kernels, float* b, int ldb, int j, int strips, int k, int terms, float* target) =>
        MatrixPacking.CopyStrips(strips, kernels.Columns, terms, b + (nint)k * ldb + j, ldb, target, (nint)kernels.Columns * terms, mayReadOver: false);

    /// <summary>Packs columns j .. j + wide − 1 and terms k .. k + terms − 1 of B, as rows of <see cref="MatrixKernels.Columns"/> floats.</summary>
    internal static void PackStrip(bool transposed, MatrixKernels kernels, float* b, int ldb, int j, int wide, int k, int terms, float* target)
    {
        int padded = (wide + kernels.Width - 1) / kernels.Width * kernels.Width;
        if (transposed) MatrixPacking.Transpose(wide, padded, terms, b + (nint)j * ldb + k, ldb, target, kernels.Columns, mayOverrun: false);
        else if (wide == kernels.Columns) PackStrips(kernels, b, ldb, j, 1, k, terms, target);
        else MatrixPacking.Copy(wide, padded, terms, b + (nint)k * ldb + j, ldb, target, kernels.Columns);
    }
}
