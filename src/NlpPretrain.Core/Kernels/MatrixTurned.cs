namespace NlpPretrain.Kernels;

/// <summary>The product of some rows with a weight matrix stored [N, K], C = A·Bᵀ: what inference does for a sentence.</summary>
/// <remarks>
/// <para>Cᵀ = B·Aᵀ is what it computes: the weights, far more than the rows, are read where they lie, once and in order, and only A is packed. To pack B for so few
/// rows of A would take as long as a good part of the multiplications. Each block of Cᵀ is turned while it is in cache. An element is the chain of
/// <see cref="MatrixMultiply"/>, bit by bit, because a product of two floats does not depend on their order.</para>
/// </remarks>
internal unsafe struct MatrixTurned : IPieces
{
    // Columns of C in a block: whole panels of a tile's rows, 4 x 12 or 8 x 6, and whole blocks of 16 x 16 that are turned.
    private const int Block = 48;

    // Below, many lanes would be idle, and copies of panels serve few rows; above, packing B pays.
    private const int MinimumRows = 24, MinimumRowsOfCopies = 32, MaximumRows = 256;

    private const int PiecesPerWorker = 4, Line = 16;

    [ThreadStatic]
    private static PackedMatrix? _shared;

    private MatrixKernels _kernels;
    private PackedMatrix _a;
    private int _m, _n, _k, _ldb, _ldc, _pieces;
    private float* _b, _c, _bias;

    private readonly int Blocks => (_n + Block - 1) / Block;

    /// <summary>Whether this way is the faster one.</summary>
    internal static bool IsFaster(int m, int n, int k, int ldb) =>
        m >= (MatrixProduct.IsColliding(ldb) ? MinimumRowsOfCopies : MinimumRows) && m <= MaximumRows && n >= Block && k > 0;

    /// <summary>C [M, N] = A [M, K] · Bᵀ, from the bias or from 0.</summary>
    internal static void Run(Workers workers, MatrixKernels kernels, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, float* bias)
    {
        PackedMatrix packed = _shared ??= new(k, m, kernels);
        packed.Resize(k, m, kernels);
        packed.Pack(workers, transposed: true, a, lda);
        MatrixTurned work = new() { _kernels = kernels, _a = packed, _m = m, _n = n, _k = k, _b = b, _ldb = ldb, _c = c, _ldc = ldc, _bias = bias };
        work._pieces = workers.Count == 1 ? 1 : Math.Min(work.Blocks, PiecesPerWorker * workers.Count);
        workers.For(work._pieces, ref work);
    }

    public readonly void Run(int piece)
    {
        int end = (int)((long)Blocks * (piece + 1) / _pieces);
        for (int block = (int)((long)Blocks * piece / _pieces); block < end; block++) Multiply(block * Block, Math.Min(Block, _n - block * Block));
    }

    // Columns n .. n + count − 1 of C, a panel of B's rows at a time.
    private readonly void Multiply(int n, int count)
    {
        int stride = (_m + _kernels.Width - 1) / _kernels.Width * _kernels.Width, depth = MatrixProduct.BlockDepth(_k), copyRow = MatrixProduct.IsColliding(_ldb) ? depth + Line : 0;
        float* turned = PackingBuffer.Get(Block * stride + (nint)_kernels.Rows * copyRow), copy = turned + Block * stride;                       // [count, M]
        if (_bias != null)
        {
            for (int row = 0; row < count; row++) new Span<float>(turned + row * stride, stride).Fill(_bias[n + row]);
        }

        int panels = (count + _kernels.Rows - 1) / _kernels.Rows, strips = (_m + _kernels.Columns - 1) / _kernels.Columns;
        for (int panel = 0, row = 0, rows; panel < panels; panel++, row += rows)
        {
            rows = MatrixProduct.PanelRows(count, panels, panel);
            float* start = _b + (nint)(n + row) * _ldb;

            // The next panel's rows, as many floats as these, are fetched evenly over the terms of all tiles.
            float* fetch = start + (nint)rows * _ldb;
            nint fetchStep = (rows + strips - 1) / strips;
            for (int k = 0; k < _k; k += depth)
            {
                int terms = Math.Min(depth, _k - k);
                float* b = start + k;
                nint bRow = _ldb;
                if (copyRow > 0)
                {
                    for (int i = 0; i < rows; i++) new Span<float>(b + (nint)i * _ldb, terms).CopyTo(new(copy + i * copyRow, terms));
                    b = copy;
                    bRow = copyRow;
                }

                for (int column = 0; column < _m; column += _kernels.Columns, fetch += terms * fetchStep)
                {
                    int registers = (Math.Min(_kernels.Columns, _m - column) + _kernels.Width - 1) / _kernels.Width;
                    float* target = turned + row * stride + column;
                    _kernels.Tile(rows, registers)(
                        terms, b, bRow, 1, _a.Strip(k, terms, column), _kernels.Columns, target, stride, k > 0 || _bias != null ? target : null, stride, fetch, fetchStep);
                }
            }
        }

        Turn(turned, stride, n, count);
    }

    // C[m, n + i] = turned[i, m]. Columns that are no whole block of 16 have neighbours, which must not be written over.
    private readonly void Turn(float* turned, int stride, int n, int count)
    {
        int whole = count / 16 * 16;
        MatrixPacking.Transpose(whole, whole, _m, turned, stride, _c + n, _ldc, mayOverrun: false);
        for (int m = 0; m < _m; m++)
        {
            for (int i = whole; i < count; i++) _c[(nint)m * _ldc + n + i] = turned[i * stride + m];
        }
    }
}
