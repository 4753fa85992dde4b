using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Plain loops in double over single vectors, where no kernel is needed.</summary>
internal static class UnitVectors
{
    /// <summary>Writes a vector scaled to length 1; zeros stay zeros.</summary>
    public static void Write(ReadOnlySpan<float> vector, Span<float> unit)
    {
        double norm = Math.Sqrt(Dot(vector, vector));
        for (int k = 0; k < vector.Length; k++)
        {
            unit[k] = norm == 0 ? 0 : (float)(vector[k] / norm);
        }
    }

    /// <summary>The Euclidean length; infinite or NaN if a value is not finite or the length is above the range of <see cref="float"/>.</summary>
    public static float Norm(ReadOnlySpan<float> vector) => (float)Math.Sqrt(Dot(vector, vector));

    /// <summary>The cosine, in [−1, 1]; 0 where a vector is zeros.</summary>
    public static float Cosine(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double norms = Math.Sqrt(Dot(first, first)) * Math.Sqrt(Dot(second, second));
        return norms == 0 ? 0 : (float)Math.Clamp(Dot(first, second) / norms, -1, 1);
    }

    /// <summary>The mean of the rows.</summary>
    public static float[] Mean(Matrix rows)
    {
        double[] sums = new double[rows.Columns];
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<float> values = rows[row];
            for (int k = 0; k < sums.Length; k++)
            {
                sums[k] += values[k];
            }
        }

        return [.. sums.Select(sum => (float)(sum / Math.Max(rows.Rows, 1)))];
    }

    private static double Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double sum = 0;
        for (int k = 0; k < first.Length; k++)
        {
            sum += (double)first[k] * second[k];
        }

        return sum;
    }
}
