using System.Globalization;
using System.Runtime.Intrinsics;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Euclidean lengths, summed in double so that neither large nor small vectors lose theirs.</summary>
internal static unsafe class RowNorms
{
    /// <summary>The length of a row: infinite or NaN if a value is not finite or the length exceeds <see cref="float.MaxValue"/>.</summary>
    /// <remarks>
    /// Two accumulators of eight lanes, then a fixed tree, whatever the processor's width. The scalar loop: for each k,
    /// sum[k mod 16] += (double)x[k]·x[k].
    /// </remarks>
    public static float Compute(Matrix vectors, int row)
    {
        float* values = vectors.Address + (long)row * vectors.Stride;
        float norm = Compute(values, vectors.Stride);
        GC.KeepAlive(vectors);
        return norm;
    }

    /// <summary>The length of values that are padded with zeros to a multiple of 16.</summary>
    public static float Compute(float* values, int padded)
    {
        Vector512<double> low = Vector512<double>.Zero, high = Vector512<double>.Zero;
        for (int k = 0; k < padded; k += Vector512<float>.Count)
        {
            (Vector512<double> first, Vector512<double> second) = Vector512.Widen(Vector512.Load(values + k));
            low = Vector512.FusedMultiplyAdd(first, first, low);
            high = Vector512.FusedMultiplyAdd(second, second, high);
        }

        Vector512<double> eight = low + high;
        Vector256<double> four = eight.GetLower() + eight.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return (float)Math.Sqrt(two.ToScalar() + two.GetElement(1));
    }

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
