using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>The terms of a sum over two arrays, or over the first alone.</summary>
internal unsafe interface IPairTerms<TSelf> : ITerms where TSelf : struct
{
    static abstract TSelf Over(float* x, float* y);
}

/// <summary>One sum over whole arrays: partial sums of fixed pieces, added in their order in double precision.</summary>
internal unsafe struct Totals<TTerms> : ISimdPieces where TTerms : struct, IPairTerms<TTerms>
{
    private float* _x, _y;
    private double* _partial;
    private int _size;

    /// <summary>How many <see cref="float"/> values of scratch <see cref="Sum"/> needs.</summary>
    internal static long ScratchSize(int size) => 2L * Pieces.Count(size, Pieces.Elements);

    internal static double Sum(Workers workers, float* x, float* y, int size, float* scratch)
    {
        int pieces = Pieces.Count(size, Pieces.Elements);
        Totals<TTerms> work = new() { _x = x, _y = y, _partial = (double*)scratch, _size = size };
        workers.For(pieces, ref work);

        double sum = 0;
        for (int piece = 0; piece < pieces; piece++) sum += ((double*)scratch)[piece];
        return sum;
    }

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int start = piece * Pieces.Elements;
        _partial[piece] = Row.Sum<TSimd, TTerms>(Math.Min(Pieces.Elements, _size - start), TTerms.Over(_x + start, _y + start));
    }
}

/// <summary>x</summary>
internal unsafe struct Values : IPairTerms<Values>
{
    private float* _x;

    public static Values Over(float* x, float* y) => new() { _x = x };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(_x + i, left);
}

/// <summary>x·y</summary>
internal unsafe struct Products : IPairTerms<Products>
{
    private float* _x, _y;

    public static Products Over(float* x, float* y) => new() { _x = x, _y = y };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(_x + i, left) * Row.Load<TSimd>(_y + i, left);
}

/// <summary>(x − y)²</summary>
internal unsafe struct SquaredDifferences : IPairTerms<SquaredDifferences>
{
    private float* _x, _y;

    public static SquaredDifferences Over(float* x, float* y) => new() { _x = x, _y = y };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd>
    {
        TSimd difference = Row.Load<TSimd>(_x + i, left) - Row.Load<TSimd>(_y + i, left);
        return difference * difference;
    }
}
