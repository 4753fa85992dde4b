using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static NlpPretrain.Kernels.MatrixTile;

namespace NlpPretrain.Kernels;

/// <summary>The product of a few rows with a weight matrix stored [N, K], C = A·Bᵀ: what generation does for each token, as fast as B comes from memory.</summary>
/// <remarks>
/// <para>A strip of 16 rows of B is read once, in blocks of 16 x 16 that are turned in registers, so lane n of the accumulator of row m does</para>
/// <code>
/// for (k = 0; k &lt; K; k++) C[m, n] = FusedMultiplyAdd(A[m, k], B[n, k], C[m, n]);     // C starts from 0, or from the bias
/// </code>
/// <para>which is the chain of <see cref="MatrixMultiply"/>, bit by bit. Blocks further on are fetched ahead, because the
/// processor's own prefetching does not follow 16 rows at once.</para>
/// </remarks>
internal unsafe struct MatrixStream : IPieces
{
    internal const int MaximumRows = 4, Strip = 16;

    private const int CounterInts = 128 / sizeof(int);

    // Blocks between one that is multiplied and one that is fetched into the second-level cache.
    private const int Ahead = 32;

    private int _m, _n, _k, _lda, _ldb, _ldc;
    private float* _a, _b, _c, _bias;
    private int* _taken;

    private readonly int Strips => _n / Strip;

    /// <summary>Whether this processor and these sizes have the fast path; columns behind the last whole strip go another way.</summary>
    internal static bool CanRun(int m, int n, int k) => Avx512F.IsSupported && m <= MaximumRows && n >= Strip && k >= Strip && k % Strip == 0;

    /// <summary>The whole strips of C [M, N] = A [M, K] · Bᵀ, from the bias or from 0.</summary>
    internal static void Run(Workers workers, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, float* bias)
    {
        int* taken = stackalloc int[2 * CounterInts];                                            // on a cache line that nobody else writes to
        taken += CounterInts;
        *taken = 0;
        MatrixStream work = new() { _m = m, _n = n, _k = k, _a = a, _lda = lda, _b = b, _ldb = ldb, _c = c, _ldc = ldc, _bias = bias, _taken = taken };
        workers.For(Math.Min(workers.Count, work.Strips), (long)n * k, ref work);
    }

    /// <summary>Strips until none is left. A worker knows its next one early, to fetch its start ahead.</summary>
    public readonly void Run(int piece)
    {
        int strips = Strips, strip = Take();
        if (strip >= strips) return;

        for (int block = 0; block < Math.Min(Ahead, _k / Strip); block++) Fetch(At(strip) + block * Strip, _ldb);
        for (int next; strip < strips; strip = next)
        {
            next = Take();
            int n = strip * Strip;
            float* b = At(strip), after = next < strips ? At(next) : b, bias = _bias == null ? null : _bias + n;
            switch (_m)
            {
                case 1: Multiply<Count1>(_k, _a, _lda, b, _ldb, after, bias, _c + n, _ldc); break;
                case 2: Multiply<Count2>(_k, _a, _lda, b, _ldb, after, bias, _c + n, _ldc); break;
                case 3: Multiply<Count3>(_k, _a, _lda, b, _ldb, after, bias, _c + n, _ldc); break;
                default: Multiply<Count4>(_k, _a, _lda, b, _ldb, after, bias, _c + n, _ldc); break;
            }
        }
    }

    /// <summary>16 sums of one row of A with 16 rows of B: c[n] = Σ a[k]·b[n, k], k a multiple of 16. What comes next is fetched ahead.</summary>
    internal static void MultiplyStrip(int k, float* a, float* b, nint bRow, float* next, float* c) => Multiply<Count1>(k, a, 0, b, bRow, next, null, c, 0);

    private readonly int Take() => Interlocked.Increment(ref *_taken) - 1;

    private readonly float* At(int strip) => _b + (nint)strip * Strip * _ldb;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TRows>(nint k, float* a, nint aRow, float* b, nint bRow, float* next, float* bias, float* c, nint cRow) where TRows : struct, ICount
    {
        int rows = TRows.Value;
        Vector512<float> s0 = bias == null ? Vector512<float>.Zero : Vector512.Load(bias), s1 = s0, s2 = s0, s3 = s0;
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        nint left = Math.Max(k / Strip - Ahead, 0);
        float* fetched = left > 0 ? b + Ahead * Strip : next;
        for (; k > 0; k -= Strip)
        {
            Fetch(fetched, bRow);
            fetched = --left == 0 ? next : fetched + Strip;
            MatrixPacking.Turn(b, bRow, out var k0, out var k1, out var k2, out var k3, out var k4, out var k5, out var k6, out var k7,
                out var k8, out var k9, out var k10, out var k11, out var k12, out var k13, out var k14, out var k15);
            Add(ref s0, a, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15);
            if (rows > 1) Add(ref s1, a1, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15);
            if (rows > 2) Add(ref s2, a2, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15);
            if (rows > 3) Add(ref s3, a3, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15);
            a += Strip;
            a1 += Strip;
            a2 += Strip;
            a3 += Strip;
            b += Strip;
        }

        s0.Store(c);
        if (rows > 1) s1.Store(c += cRow);
        if (rows > 2) s2.Store(c += cRow);
        if (rows > 3) s3.Store(c + cRow);
    }

    // One line of each row of a strip.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* b, nint row)
    {
        nint two = 2 * row, three = 3 * row, four = 4 * row;
        for (int i = 0; i < 4; i++, b += four)
        {
            Sse.Prefetch1(b);
            Sse.Prefetch1(b + row);
            Sse.Prefetch1(b + two);
            Sse.Prefetch1(b + three);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref Vector512<float> sum, float* a, Vector512<float> k0, Vector512<float> k1, Vector512<float> k2, Vector512<float> k3, Vector512<float> k4,
        Vector512<float> k5, Vector512<float> k6, Vector512<float> k7, Vector512<float> k8, Vector512<float> k9, Vector512<float> k10, Vector512<float> k11,
        Vector512<float> k12, Vector512<float> k13, Vector512<float> k14, Vector512<float> k15)
    {
        Vector512<float> s = sum;
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[0]), k0, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[1]), k1, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[2]), k2, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[3]), k3, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[4]), k4, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[5]), k5, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[6]), k6, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[7]), k7, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[8]), k8, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[9]), k9, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[10]), k10, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[11]), k11, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[12]), k12, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[13]), k13, s);
        s = Avx512F.FusedMultiplyAdd(Vector512.Create(a[14]), k14, s);
        sum = Avx512F.FusedMultiplyAdd(Vector512.Create(a[15]), k15, s);
    }
}
