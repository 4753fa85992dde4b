using System.Globalization;
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
        return squares is > LeastSafe and < MostSafe ? MathF.Sqrt(squares) : UnitVectors.Norm(vectors[row]);
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
