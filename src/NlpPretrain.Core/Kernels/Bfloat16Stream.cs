using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using NlpPretrain.Tensors;
using static NlpPretrain.Kernels.MatrixTile;

namespace NlpPretrain.Kernels;

/// <summary>The product of a few rows with weights kept as bfloat16, C = A·Bᵀ: half the bytes of <see cref="MatrixStream"/>.</summary>
/// <remarks>A weight is made <see cref="float"/> in a register, without rounding, so each element of C is the chain of <see cref="MatrixMultiply"/> over the same values.</remarks>
internal unsafe struct Bfloat16Stream : ISimdPieces
{
    internal const int MaximumRows = MatrixStream.MaximumRows;

    private const int Group = Bfloat16Matrix.GroupRows, PieceValues = 262_144, PiecesTogether = 4;

    // Bytes between what is multiplied and what is fetched into the second-level cache, and those of the 64 pairs that one step multiplies.
    private const int BytesAhead = 8_192, Line = 64;

    private int _m, _lda, _ldc, _n, _k, _groups;
    private nint _groupSize;
    private float* _a, _c, _bias;
    private ushort* _b;

    private readonly int Pieces => Math.Min(_groups, PiecesTogether * (int)(_groups * _groupSize / (PiecesTogether * PieceValues) + 1));

    /// <summary>C [M, N] = A [M, K] · Bᵀ, from the bias or from 0.</summary>
    internal static void Run(Workers workers, int m, float* a, int lda, Bfloat16Matrix b, float* c, int ldc, float* bias)
    {
        Bfloat16Stream work = new()
        {
            _m = m, _lda = lda, _ldc = ldc, _n = b.Rows, _k = b.Columns, _groups = b.Groups, _groupSize = b.GroupSize, _a = a, _c = c, _bias = bias, _b = b.Address,
        };
        workers.For(work.Pieces, work._groups * work._groupSize, ref work);
    }

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int pieces = Pieces, end = (int)((long)_groups * (piece + 1) / pieces);
        for (int group = (int)((long)_groups * piece / pieces); group < end; group++)
        {
            switch (_m)
            {
                case 1: Multiply<TSimd, Count1>(group); break;
                case 2: Multiply<TSimd, Count2>(group); break;
                case 3: Multiply<TSimd, Count3>(group); break;
                default: Multiply<TSimd, Count4>(group); break;
            }
        }
    }

    // 64 columns of C: four registers for each row, whose chains hide each other's latency.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply<TSimd, TRows>(int group) where TSimd : struct, ISimd<TSimd> where TRows : struct, ICount
    {
        const int Lanes = Row.Lanes;
        int rows = TRows.Value, first = group * Group, count = Math.Min(Group, _n - first);
        TSimd s0 = Start<TSimd>(first, count, 0), s1 = Start<TSimd>(first, count, 1), s2 = Start<TSimd>(first, count, 2), s3 = Start<TSimd>(first, count, 3);
        TSimd t0 = s0, t1 = s1, t2 = s2, t3 = s3, u0 = s0, u1 = s1, u2 = s2, u3 = s3, v0 = s0, v1 = s1, v2 = s2, v3 = s3;
        TSimd upper = TSimd.CreateBits(unchecked((int)0xFFFF0000));
        float* a = _a, b = (float*)(_b + group * _groupSize);
        nint two = 2 * (nint)_lda, three = 3 * (nint)_lda;
        for (int k = 0; k < _k; k += 2, a += 2, b += Group)
        {
            if (Sse.IsSupported)
            {
                byte* ahead = (byte*)b + BytesAhead;
                Sse.Prefetch1(ahead);
                Sse.Prefetch1(ahead + Line);
                Sse.Prefetch1(ahead + 2 * Line);
                Sse.Prefetch1(ahead + 3 * Line);
            }

            TSimd b0 = TSimd.Load(b), b1 = TSimd.Load(b + Lanes), b2 = TSimd.Load(b + 2 * Lanes), b3 = TSimd.Load(b + 3 * Lanes);
            TSimd w0 = TSimd.ShiftBitsLeft(b0, 16), w1 = TSimd.ShiftBitsLeft(b1, 16), w2 = TSimd.ShiftBitsLeft(b2, 16), w3 = TSimd.ShiftBitsLeft(b3, 16);
            Add(a[0], w0, w1, w2, w3, ref s0, ref s1, ref s2, ref s3);
            if (rows > 1) Add(a[_lda], w0, w1, w2, w3, ref t0, ref t1, ref t2, ref t3);
            if (rows > 2) Add(a[two], w0, w1, w2, w3, ref u0, ref u1, ref u2, ref u3);
            if (rows > 3) Add(a[three], w0, w1, w2, w3, ref v0, ref v1, ref v2, ref v3);
            if (k + 1 == _k) break;

            w0 = b0 & upper;
            w1 = b1 & upper;
            w2 = b2 & upper;
            w3 = b3 & upper;
            Add(a[1], w0, w1, w2, w3, ref s0, ref s1, ref s2, ref s3);
            if (rows > 1) Add(a[_lda + 1], w0, w1, w2, w3, ref t0, ref t1, ref t2, ref t3);
            if (rows > 2) Add(a[two + 1], w0, w1, w2, w3, ref u0, ref u1, ref u2, ref u3);
            if (rows > 3) Add(a[three + 1], w0, w1, w2, w3, ref v0, ref v1, ref v2, ref v3);
        }

        float* c = _c + first;
        Store(c, count, s0, s1, s2, s3);
        if (rows > 1) Store(c + _ldc, count, t0, t1, t2, t3);
        if (rows > 2) Store(c + 2 * (nint)_ldc, count, u0, u1, u2, u3);
        if (rows > 3) Store(c + 3 * (nint)_ldc, count, v0, v1, v2, v3);
    }

    private readonly TSimd Start<TSimd>(int first, int count, int register) where TSimd : struct, ISimd<TSimd>
    {
        int start = register * Row.Lanes;
        return _bias == null || start >= count ? TSimd.Create(0) : Row.Load<TSimd>(_bias + first + start, count - start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TSimd>(float a, TSimd w0, TSimd w1, TSimd w2, TSimd w3, ref TSimd s0, ref TSimd s1, ref TSimd s2, ref TSimd s3) where TSimd : struct, ISimd<TSimd>
    {
        TSimd x = a;
        s0 = TSimd.MultiplyAdd(x, w0, s0);
        s1 = TSimd.MultiplyAdd(x, w1, s1);
        s2 = TSimd.MultiplyAdd(x, w2, s2);
        s3 = TSimd.MultiplyAdd(x, w3, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd>(float* c, int count, TSimd s0, TSimd s1, TSimd s2, TSimd s3) where TSimd : struct, ISimd<TSimd>
    {
        Row.Store(c, s0, count);
        if (count > Row.Lanes) Row.Store(c + Row.Lanes, s1, count - Row.Lanes);
        if (count > 2 * Row.Lanes) Row.Store(c + 2 * Row.Lanes, s2, count - 2 * Row.Lanes);
        if (count > 3 * Row.Lanes) Row.Store(c + 3 * Row.Lanes, s3, count - 3 * Row.Lanes);
    }
}
