using System.Runtime.Intrinsics;
using NlpPretrain.Kernels;

namespace NlpPretrain.Optimization;

/// <summary>Sums of squares of fixed pieces, each in double precision. Of a sparse gradient only rows that were touched are read; zeros would add nothing, so the bits are the same.</summary>
internal unsafe struct SquareSums : IPieces
{
    private const int PieceLength = 16_384, Lanes = 16;

    internal float* Values;
    internal int Length, Columns;
    internal double* Sums;

    /// <summary>Whether each row was touched; null where all may have been.</summary>
    internal bool* IsTouched;

    internal static int Pieces(int length) => (length + PieceLength - 1) / PieceLength;

    public readonly void Run(int piece)
    {
        int start = piece * PieceLength, end = Math.Min(Length, start + PieceLength), whole = end - (end - start) % Lanes;
        Vector256<double> a = default, b = default, c = default, d = default;
        for (int i = start; i < whole;)
        {
            int stop = IsTouched == null ? whole : Math.Min(whole, SkipZeros(start, whole, ref i));
            for (; i < stop; i += Lanes)
            {
                (Vector256<double> first, Vector256<double> second) = Vector256.Widen(Vector256.Load(Values + i));
                (Vector256<double> third, Vector256<double> fourth) = Vector256.Widen(Vector256.Load(Values + i + 8));
                a += first * first;
                b += second * second;
                c += third * third;
                d += fourth * fourth;
            }
        }

        double sum = 0;
        for (int lane = 0; lane < 4; lane++) sum += a[lane] + c[lane];
        for (int lane = 0; lane < 4; lane++) sum += b[lane] + d[lane];
        for (int i = whole; i < end; i++) sum += (double)Values[i] * Values[i];
        Sums[piece] = sum;
    }

    // On to the sixteen with the next value of a touched row; returns where that row ends.
    private readonly int SkipZeros(int start, int end, ref int i)
    {
        int row = i / Columns, untouched = new ReadOnlySpan<bool>(IsTouched + row, (end - 1) / Columns - row + 1).IndexOf(true);
        if (untouched < 0) return i = end;

        row += untouched;
        i = Math.Max(i, start + (row * Columns - start) / Lanes * Lanes);
        return (row + 1) * Columns;
    }
}
