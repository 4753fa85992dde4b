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
        Vector256<double> a = default, b = default, c = default, d = default;
        for (; i <= end - 16; i += 16)
        {
            (Vector256<double> first, Vector256<double> second) = Vector256.Widen(Vector256.Load(Values + i));
            (Vector256<double> third, Vector256<double> fourth) = Vector256.Widen(Vector256.Load(Values + i + 8));
            a += first * first;
            b += second * second;
            c += third * third;
            d += fourth * fourth;
        }

        double sum = 0;
        for (int lane = 0; lane < 4; lane++) sum += a[lane] + c[lane];
        for (int lane = 0; lane < 4; lane++) sum += b[lane] + d[lane];
        for (; i < end; i++) sum += (double)Values[i] * Values[i];
        Sums[piece] = sum;
    }
}
