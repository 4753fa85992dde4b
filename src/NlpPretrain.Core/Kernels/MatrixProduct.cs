using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace NlpPretrain.Kernels;

/// <summary>A batch of products, cut into a grid of pieces; see <see cref="MatrixMultiply"/>.</summary>
internal unsafe partial struct MatrixProduct : IPieces
{
    // Terms of a block; floats of A's in a third of a second-level cache of 1 MB; of B's in half of a third-level cache of 32 MB.
    private const int MaximumDepth = 768, Depth = 512, ABlock = 60_000, BBlock = 1_200_000, SharedFloats = 4_500_000;

    // Multiply-adds below which a second worker does not pay: waking it and sharing the caches cost some microseconds.
    private const long SmallProduct = 200_000;

    // Multiply-adds from which a worker gets several pieces, so that one which is slow or late does not hold up the others.
    private const long LargePiece = 64_000_000;
    private const int MaximumPiecesPerWorker = 4;

    // Packing a float costs about as much as this many multiply-adds.
    private const int PackingCost = 16;

    private const int WideStrip = 32;

    // Panels of A for which packing B costs more than it saves.
    private const int FewPanels = 4;

    // Floats of a transposed A up to which a tile reads it where it lies: further rows are on too many pages.
    private const int SmallLeft = 32_768;

    internal MatrixKernels Kernels;
    internal Transpose Transpose;
    internal int Batch, M, N, K, Lda, Ldb, Ldc;
    internal float* A, B, C;
    internal nint AStep, BStep, CStep;
    internal PackedMatrix? Packed;
    internal bool Accumulate;

    /// <summary>What each column's sums start from, [N], where they do not start from C; or null for 0.</summary>
    internal float* Bias;

    private readonly bool IsLeftDirect => Transpose == Transpose.Left ? (long)M * K <= SmallLeft : !IsColliding(Lda) || M <= Kernels.Rows / 2;

    private readonly bool IsRightDirect => Packed is null && Transpose != Transpose.Right && (M < FewPanels * Kernels.Rows || !IsRightFar);

    // Whether B's rows collide, or a tile takes so little of each that it waits for the next page more than it computes.
    private readonly bool IsRightFar => Kernels.Columns < WideStrip ? (long)K * N <= SharedFloats : IsColliding(Ldb);

    private readonly bool IsRightPackedHere => Packed is null && !IsRightDirect;

    /// <summary>Whether packing B before the work is shared pays for one more round of the workers.</summary>
    internal readonly bool IsLarge => IsRightPackedHere && Batch == 1 && (long)M * N * K >= LargePiece && M >= FewPanels * Kernels.Rows;

    /// <summary>Columns of B that are packed at once: they come from the third-level cache for each block of A.</summary>
    internal readonly int SharedColumns => Math.Max(1, SharedFloats / K / Kernels.Columns) * Kernels.Columns;

    // The pieces: products in groups, and each product in a grid of rows x columns.
    private int _group, _gridRows, _gridColumns;

    /// <summary>Chooses the grid, and returns the number of pieces.</summary>
    internal int Cut(int workers)
    {
        (_group, _gridRows, _gridColumns) = (Batch, 1, 1);
        long size = (long)M * N * Math.Max(K, 1);
        if (workers == 1 || size * Batch < SmallProduct) return 1;

        if (Batch >= 4 * workers || Batch % workers == 0)
        {
            _group = (int)Math.Clamp(SmallProduct / size, 1, Math.Max(Batch / workers, 1));
            return (Batch + _group - 1) / _group;
        }

        _group = 1;
        int panels = (M + Kernels.Rows - 1) / Kernels.Rows, strips = (N + Kernels.Columns - 1) / Kernels.Columns;
        int cells = workers * (int)Math.Clamp(size / LargePiece / workers, 1, MaximumPiecesPerWorker);
        double best = double.MaxValue;
        for (int rows = 1; rows <= Math.Min(cells, panels); rows++)
        {
            int columns = Math.Min(cells / rows, strips);
            double height = (panels + rows - 1) / rows * Kernels.Rows, width = (strips + columns - 1) / columns * Kernels.Columns;
            double rounds = (rows * columns + workers - 1) / workers;
            double cost = rounds * (height * width + PackingCost * ((IsLeftDirect ? 0 : height) + (IsRightPackedHere ? width : 0)));
            if (cost < best) (best, _gridRows, _gridColumns) = (cost, rows, columns);
        }

        return Batch * _gridRows * _gridColumns;
    }

    /// <summary>Whether rows at this distance share one set of the first-level cache, which has fewer ways than a tile has rows: those at a multiple of 4 KB do.</summary>
    internal static bool IsColliding(int stride) => stride % 1024 == 0;

    /// <summary>Terms of a sum that one block holds, for a product of <paramref name="k"/> terms.</summary>
    internal static int BlockDepth(int k)
    {
        int blocks = k <= MaximumDepth ? 1 : (k + Depth - 1) / Depth;
        return (k + blocks - 1) / blocks;
    }

    public readonly void Run(int piece)
    {
        int cells = _gridRows * _gridColumns, first = piece / cells * _group, cell = piece % cells;
        int row = cell / _gridColumns, column = cell % _gridColumns, strips = (N + Kernels.Columns - 1) / Kernels.Columns;
        int m0 = (int)((long)M * row / _gridRows), m1 = (int)((long)M * (row + 1) / _gridRows);
        int n0 = (int)((long)strips * column / _gridColumns) * Kernels.Columns;
        int n1 = Math.Min((int)((long)strips * (column + 1) / _gridColumns) * Kernels.Columns, N);
        for (int product = first; product < Math.Min(first + _group, Batch); product++)
            Multiply(A + product * AStep, B + product * BStep, C + product * CStep, m0, m1, n0, n1);
    }

    // Rows m0 .. m1 and columns n0 .. n1 of one product. B's strips are packed when the first block of A needs them: they are still in cache then.
    private readonly void Multiply(float* a, float* b, float* c, int m0, int m1, int n0, int n1)
    {
        int columns = Kernels.Columns, depth = BlockDepth(K), rows = m1 - m0;
        int blocks = Math.Max(1, (int)(((long)rows * depth + ABlock - 1) / ABlock)), height = (rows + blocks - 1) / blocks;
        blocks = (rows + height - 1) / height;
        int width = blocks == 1 ? n1 - n0 : Math.Clamp(BBlock / Math.Max(depth, 1) / columns * columns, columns, n1 - n0 + columns - 1);
        nint aLength = IsLeftDirect ? 0 : ((nint)height * depth + 31) & ~15;
        int stripsKept = blocks == 1 || IsRightDirect ? 1 : (Math.Min(width, n1 - n0) + columns - 1) / columns;
        float* packedA = PackingBuffer.Get(aLength + (Packed is null ? (nint)stripsKept * columns * depth + 16 : 0)), packedB = packedA + aLength;

        for (int n = n0; n < n1; n += width)
        {
            int end = Math.Min(n + width, n1), k = 0;
            do
            {
                int terms = Math.Min(depth, K - k);
                for (int m = m0; m < m1; m += height)
                {
                    int count = Math.Min(height, m1 - m);
                    LeftBlock left = Left(a, m, count, k, terms, packedA);
                    for (int j = n; j < end; j += columns)
                    {
                        int wide = Math.Min(columns, end - j);
                        float* strip;
                        nint bStride = columns;
                        if (IsRightDirect && wide == columns)
                        {
                            strip = b + (nint)k * Ldb + j;
                            bStride = Ldb;
                        }
                        else if (Packed is not null)
                        {
                            strip = Packed.Strip(k, terms, j);
                        }
                        else
                        {
                            strip = packedB + (stripsKept == 1 ? 0 : (nint)(j - n) * terms);
                            if (m == m0) PackStrip(Transpose == Transpose.Right, Kernels, b, Ldb, j, wide, k, terms, strip);
                        }

                        float* target = c + (nint)m * Ldc + j;
                        if (Accumulate || k > 0) Column(count, wide, terms, left, strip, bStride, target, target, Ldc);
                        else Column(count, wide, terms, left, strip, bStride, target, Bias == null ? null : Bias + j, 0);
                    }
                }

                k += depth;
            }
            while (k < K);
        }
    }

    // One strip of B against all panels of A: a column of tiles, whose sums go on from the rows at start, or from 0.
    private readonly void Column(int rows, int wide, int terms, in LeftBlock a, float* strip, nint bStride, float* c, float* start, nint startStride)
    {
        int panels = (rows + Kernels.Rows - 1) / Kernels.Rows, registers = (wide + Kernels.Width - 1) / Kernels.Width;
        if (wide == registers * Kernels.Width)
        {
            for (int panel = 0, row = 0; panel < panels; panel++)
            {
                int count = PanelRows(rows, panels, panel);
                if (panel + 1 < panels) Prefetch(c + (nint)(row + count) * Ldc, count, wide);
                Kernels.Tile(count, registers)(
                    terms, a.Tile(row), a.Row, a.Step(count), strip, bStride, c + (nint)row * Ldc, Ldc, start == null ? null : start + row * startStride, startStride,
                    strip + MatrixTile.RowsAhead * bStride, bStride);
                row += count;
            }
        }
        else
        {
            PartColumn(rows, panels, wide, registers, terms, a, strip, c, start, startStride);
        }
    }

    // The next tile's part of C arrives while this one computes: its chains start from there, and the stores need it too.
    private readonly void Prefetch(float* c, int rows, int wide)
    {
        if (!Sse.IsSupported) return;

        for (int row = 0; row < rows; row++, c += Ldc)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + wide - 1);
        }
    }

    // Columns that do not fill their registers go through a tile of their own.
    [SkipLocalsInit]
    private readonly void PartColumn(int rows, int panels, int wide, int registers, int terms, in LeftBlock a, float* strip, float* c, float* start, nint startStride)
    {
        float* tile = stackalloc float[MatrixKernels.MaximumRows * MatrixKernels.MaximumColumns];
        int stride = Kernels.Columns;
        for (int panel = 0, row = 0; panel < panels; panel++)
        {
            int count = PanelRows(rows, panels, panel);
            if (start != null) MatrixPacking.Copy(wide, stride, count, start + row * startStride, startStride, tile, stride);
            Kernels.Tile(count, registers)(
                terms, a.Tile(row), a.Row, a.Step(count), strip, stride, tile, stride, start == null ? null : tile, stride, strip + MatrixTile.RowsAhead * stride, stride);
            MatrixPacking.Copy(wide, wide, count, tile, stride, c + (nint)row * Ldc, Ldc);
            row += count;
        }
    }

    /// <summary>Panels of nearly equal heights: the tile of 11 rows is nearly as fast as that of 12, one of 4 is not.</summary>
    internal static int PanelRows(int rows, int panels, int panel) => rows / panels + (panel < rows % panels ? 1 : 0);
}
