using System.Runtime.Intrinsics;
using NlpPretrain.Kernels;

namespace NlpPretrain.Optimization;

/// <summary>Sums of squares of fixed pieces, each in double precision.</summary>
internal unsafe struct SquareSums : IPieces
{
    private const int PieceLength = 16_384;

    internal float* Values;
    internal int Length;
    internal double* Sums;

    internal static int Pieces(int length) => (length + PieceLength - 1) / PieceLength;

    public readonly void Run(int piece)
    {
        int start = piece * PieceLength, end = Math.Min(Length, start + PieceLength), i = start;
        Vector512<double> low = default, high = default;
        for (; i <= end - 16; i += 16)
        {
            (Vector512<double> first, Vector512<double> second) = Vector512.Widen(Vector512.Load(Values + i));
            low += first * first;
            high += second * second;
        }

        double sum = 0;
        for (int lane = 0; lane < 8; lane++) sum += low[lane] + high[lane];
        for (; i < end; i++) sum += (double)Values[i] * Values[i];
        Sums[piece] = sum;
    }
}
