namespace NlpPretrain.Kernels;

/// <summary>A right factor B [K, N] packed once, in the order in which the tiles read it.</summary>
/// <remarks>
/// Blocks of <see cref="MatrixProduct.BlockDepth"/> terms; in each, strips of <see cref="MatrixKernels.Columns"/> columns; in each, the terms' rows.
/// The object holds its memory, and may be packed again with other values.
/// </remarks>
internal sealed unsafe class PackedMatrix
{
    private float[] _values = [];
    private float* _address;
    private nint _blockStep;

    /// <summary>Memory for a matrix [K, N]; its values are unknown until <see cref="Pack"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the matrix is larger than one array can be.</exception>
    internal PackedMatrix(int k, int n)
        : this(k, n, MatrixKernels.Best)
    {
    }

    internal PackedMatrix(int k, int n, MatrixKernels kernels)
    {
        Kernels = kernels;
        Resize(k, n, kernels);
    }

    /// <summary>Terms of each sum.</summary>
    internal int K { get; private set; }

    /// <summary>Columns of the product.</summary>
    internal int N { get; private set; }

    internal MatrixKernels Kernels { get; private set; }

    /// <summary>Becomes a matrix [K, N] of unknown values, in the same memory where that is large enough.</summary>
    internal void Resize(int k, int n, MatrixKernels kernels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        (K, N, Kernels) = (k, n, kernels);
        _blockStep = ((nint)n + kernels.Columns - 1) / kernels.Columns * kernels.Columns;
        long length = (long)_blockStep * k + 16;
        if (length > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(n), n,
                $"A packed matrix of {k} x {n} needs {length} floats; one holds at most {Array.MaxLength}. Cut the columns into several matrices.");
        }

        if (_values.Length >= length) return;

        _values = GC.AllocateUninitializedArray<float>((int)length, pinned: true);
        _address = PackingBuffer.Align(_values);
    }

    /// <summary>Packs B, stored [K, N], or [N, K] where <paramref name="transposed"/>. Allocates nothing.</summary>
    /// <param name="workers">The team that shares the work.</param>
    /// <param name="transposed">Whether B is stored as its transpose.</param>
    /// <param name="b">B's first value.</param>
    /// <param name="ldb">Floats between the starts of two rows as stored.</param>
    internal void Pack(Workers workers, bool transposed, float* b, int ldb)
    {
        const int PieceFloats = 65_536;
        int strips = (N + Kernels.Columns - 1) / Kernels.Columns, group = Math.Clamp(PieceFloats / Kernels.Columns / K, 1, strips);
        Packing work = new() { Target = this, Transposed = transposed, B = b, Ldb = ldb, Strips = strips, Group = group };
        workers.For((strips + group - 1) / group, ref work);
    }

    /// <summary>The strip of columns j and on, of the block whose first term is k and which has so many terms.</summary>
    internal float* Strip(int k, int terms, int j) => _address + k * _blockStep + (nint)j * terms;

    private struct Packing : IPieces
    {
        internal PackedMatrix Target;
        internal bool Transposed;
        internal float* B;
        internal int Ldb, Strips, Group;

        public readonly void Run(int piece)
        {
            int columns = Target.Kernels.Columns, depth = MatrixProduct.BlockDepth(Target.K);
            for (int k = 0; k < Target.K; k += depth)
            {
                int terms = Math.Min(depth, Target.K - k), end = Math.Min((piece + 1) * Group, Strips), whole = Transposed ? 0 : Math.Min(end, Target.N / columns);
                for (int strip = piece * Group; strip < end;)
                {
                    int j = strip * columns, together = Math.Min(MatrixPacking.StripsAtOnce, whole - strip);
                    float* target = Target.Strip(k, terms, j);
                    if (together > 1) MatrixProduct.PackStrips(Target.Kernels, B, Ldb, j, together, k, terms, target);
                    else MatrixProduct.PackStrip(Transposed, Target.Kernels, B, Ldb, j, Math.Min(columns, Target.N - j), k, terms, target);
                    strip += Math.Max(together, 1);
                }
            }
        }
    }
}
