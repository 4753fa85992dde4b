namespace NlpPretrain.Kernels;

/// <summary>Matrix multiplication, C = A·B or C += A·B, of float matrices whose rows lie at fixed distances.</summary>
/// <remarks>
/// <para>Each element of C is one chain of fused multiply-adds over k = 0 .. K − 1 in this order, from 0 or from its value in C. Width, tile, blocks,
/// packing and threads decide who computes it and when, and change no bit:</para>
/// <code>
/// for (m ...) for (n ...) { x = accumulate ? C[m, n] : 0; for (k ...) x = MathF.FusedMultiplyAdd(A[m, k], B[k, n], x); C[m, n] = x; }
/// </code>
/// <para>Blocks of A stay in the second-level cache, strips of B in the first; both are copied so that the tile of <see cref="MatrixTile"/> reads them in order.
/// Source: Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication". A matrix must not overlap C. Infinities and NaN pass through.</para>
/// </remarks>
internal static unsafe class MatrixMultiply
{
    [ThreadStatic]
    private static PackedMatrix? _shared;

    /// <summary>C [M, N] = A [M, K] · B [K, N], or += where <paramref name="accumulate"/>.</summary>
    /// <param name="workers">The team that shares the work.</param>
    /// <param name="transpose">Which factor is stored as its transpose.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Terms of each sum; with 0, C becomes 0 or keeps its values.</param>
    /// <param name="a">A [M, K]; [K, M] where it is the transposed one.</param>
    /// <param name="lda">Floats between the starts of two rows as stored; likewise below.</param>
    /// <param name="b">B [K, N]; [N, K] where it is the transposed one.</param>
    /// <param name="ldb">Row stride of B.</param>
    /// <param name="c">C [M, N].</param>
    /// <param name="ldc">Row stride of C.</param>
    /// <param name="accumulate">Whether the product is added to C's values.</param>
    /// <param name="bias">What each column's sums start from, [N], where they are not added to C; or null for 0.</param>
    internal static void Run(
        Workers workers, Transpose transpose, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate, float* bias = null)
    {
        bool isForward = transpose == Transpose.Right && !accumulate;
        if (isForward && MatrixTurned.IsFaster(m, n, k, ldb))
        {
            MatrixTurned.Run(workers, MatrixKernels.Best, m, n, k, a, lda, b, ldb, c, ldc, bias);
            return;
        }

        if (!isForward || !MatrixStream.CanRun(m, n, k))
        {
            RunBatch(workers, MatrixKernels.Best, transpose, 1, m, n, k, a, 0, lda, b, 0, ldb, c, 0, ldc, accumulate, bias);
            return;
        }

        MatrixStream.Run(workers, m, n, k, a, lda, b, ldb, c, ldc, bias);
        int done = n / MatrixStream.Strip * MatrixStream.Strip;
        RunBatch(workers, MatrixKernels.Best, transpose, 1, m, n - done, k, a, 0, lda, b + (nint)done * ldb, 0, ldb, c + done, 0, ldc, accumulate, bias == null ? null : bias + done);
    }

    /// <summary>Independent products of one size, whose matrices lie at fixed distances of <c>Step</c> floats; a step of 0 shares A or B.</summary>
    internal static void RunBatch(
        Workers workers, Transpose transpose, int batch, int m, int n, int k,
        float* a, nint aStep, int lda, float* b, nint bStep, int ldb, float* c, nint cStep, int ldc, bool accumulate) =>
        RunBatch(workers, MatrixKernels.Best, transpose, batch, m, n, k, a, aStep, lda, b, bStep, ldb, c, cStep, ldc, accumulate);

    /// <summary>C [M, N] = A [M, K] · B, or +=, where B was packed before: for weights that are used many times, or with few rows of A.</summary>
    internal static void Run(Workers workers, int m, float* a, int lda, PackedMatrix b, float* c, int ldc, bool accumulate)
    {
        MatrixProduct product = new()
        {
            Kernels = b.Kernels,
            Batch = 1,
            M = m,
            N = b.N,
            K = b.K,
            A = a,
            Lda = lda,
            Packed = b,
            C = c,
            Ldc = ldc,
            Accumulate = accumulate,
        };
        Run(workers, ref product);
    }

    /// <summary>The same with given kernels: tests run every width that the processor supports.</summary>
    internal static void RunBatch(
        Workers workers, MatrixKernels kernels, Transpose transpose, int batch, int m, int n, int k,
        float* a, nint aStep, int lda, float* b, nint bStep, int ldb, float* c, nint cStep, int ldc, bool accumulate, float* bias = null)
    {
        MatrixProduct product = new()
        {
            Kernels = kernels,
            Transpose = transpose,
            Batch = batch,
            M = m,
            N = n,
            K = k,
            A = a,
            AStep = aStep,
            Lda = lda,
            B = b,
            BStep = bStep,
            Ldb = ldb,
            C = c,
            CStep = cStep,
            Ldc = ldc,
            Accumulate = accumulate,
            Bias = bias,
        };
        Run(workers, ref product);
    }

    private static void Run(Workers workers, ref MatrixProduct product)
    {
        if (product.Batch <= 0 || product.M <= 0 || product.N <= 0) return;

        if (workers.Count > 1 && product.IsLarge) RunPackingOnce(workers, product);
        else workers.For(product.Cut(workers.Count), ref product);
    }

    // All workers pack B, some of its columns at a time, before any multiplies: pieces that pack for themselves would pack the same strips several times.
    private static void RunPackingOnce(Workers workers, MatrixProduct product)
    {
        int n = product.N, width = product.SharedColumns;
        float* b = product.B, c = product.C, bias = product.Bias;
        PackedMatrix packed = _shared ??= new(product.K, Math.Min(n, width), product.Kernels);
        product.Packed = packed;
        for (int j = 0; j < n; j += width)
        {
            product.N = Math.Min(width, n - j);
            product.C = c + j;
            product.Bias = bias == null ? null : bias + j;
            packed.Resize(product.K, product.N, product.Kernels);
            packed.Pack(workers, product.Transpose == Transpose.Right, b + (product.Transpose == Transpose.Right ? (nint)j * product.Ldb : j), product.Ldb);
            workers.For(product.Cut(workers.Count), ref product);
        }
    }
}
