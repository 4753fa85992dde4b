using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Euclidean lengths, where neither large nor small vectors lose theirs.</summary>
internal static unsafe class RowNorms
{
    /// <summary>Between these the sum of squares has lost nothing to overflow or underflow that would change its last bits by more than rounding does.</summary>
    private const float LeastSafe = 1e-20f, MostSafe = 1e30f;

    /// <summary>The length of a row: infinite or NaN if a value is not finite or the length exceeds <see cref="float.MaxValue"/>.</summary>
    public static float Compute(Matrix vectors, int row)
    {
        float* values = vectors.Address + (long)row * vectors.Stride;
        float squares = DotProducts.One(values, values, vectors.Stride);
        GC.KeepAlive(vectors);
        return LengthOf(squares, vectors[row]);
    }

    /// <summary>Copies the bytes of a row to its place, padding and all, and computes its length on the way, with the same bits.</summary>
    /// <remarks>
    /// Rows are whole cache lines, stored past the cache: a plain store would first read the line that it overwrites. A thread that
    /// hands rows on to another one does so after a <see cref="System.Runtime.Intrinsics.X86.Sse.StoreFence"/>.
    /// </remarks>
    public static float CopyAndCompute(ReadOnlySpan<byte> bytes, Matrix vectors, int row)
    {
        int whole = vectors.Columns / Vector512<float>.Count * Vector512<float>.Count;
        Vector512<float> sum = Vector512<float>.Zero, last = sum;
        bytes[(whole * sizeof(float))..].CopyTo(MemoryMarshal.AsBytes(new Span<Vector512<float>>(ref last)));
        float* target = vectors.Address + (long)row * vectors.Stride;
        fixed (byte* source = bytes)
        {
            for (int k = 0; k < whole; k += Vector512<float>.Count)
            {
                Vector512<float> sixteen = Vector512.Load((float*)source + k);
                sixteen.StoreAlignedNonTemporal(target + k);
                sum = Vector512.FusedMultiplyAdd(sixteen, sixteen, sum);
            }
        }

        if (whole < vectors.Stride)
        {
            last.StoreAlignedNonTemporal(target + whole);
            sum = Vector512.FusedMultiplyAdd(last, last, sum);
        }

        return LengthOf(DotProducts.Fold(sum), vectors[row]);
    }

    private static float LengthOf(float squares, ReadOnlySpan<float> row) =>
        squares is > LeastSafe and < MostSafe ? MathF.Sqrt(squares) : UnitVectors.Norm(row);

    /// <summary>Says what is wrong with a vector whose length is not finite.</summary>
    public static string Describe(ReadOnlySpan<float> vector)
    {
        for (int k = 0; k < vector.Length; k++)
        {
            if (!float.IsFinite(vector[k]))
            {
                return $"{vector[k].ToString(CultureInfo.InvariantCulture)} at dimension {k}; values must be finite";
            }
        }

        return "a length above the range of float; scale the vector down";
    }
}
