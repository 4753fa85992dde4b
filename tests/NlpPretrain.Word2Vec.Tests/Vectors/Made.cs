using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

/// <summary>Made-up vectors, and plain loops in double that share nothing with the kernels.</summary>
internal static class Made
{
    public static WordVectors Random(int words, int dimensions, int seed = 1) => Of([.. Enumerable.Range(0, words).Select(index => $"w{index}")], Values(words, dimensions, seed));

    public static float[][] Values(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => (float)(random.NextDouble() * 2 - 1)).ToArray())];
    }

    public static WordVectors Of(string[] words, float[][] values) => new(words, Rows(values));

    public static Matrix Rows(float[][] values)
    {
        var matrix = new Matrix(values.Length, values[0].Length);
        for (int row = 0; row < values.Length; row++)
        {
            values[row].CopyTo(matrix[row]);
        }

        return matrix;
    }

    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int k = 0; k < x.Length; k++)
        {
            sum += (double)x[k] * y[k];
        }

        return sum;
    }

    public static double Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double norms = Math.Sqrt(Dot(x, x) * Dot(y, y));
        return norms == 0 ? 0 : Dot(x, y) / norms;
    }

    /// <summary>Indices by falling score, of equal scores the smaller first.</summary>
    public static int[] Ranked(int count, Func<int, double> score, params int[] without) =>
        [.. Enumerable.Range(0, count).Except(without).OrderByDescending(score).ThenBy(index => index)];

    public static void ShouldHold(this WordVectors actual, WordVectors expected)
    {
        actual.Words.Should().Equal(expected.Words);
        actual.Dimensions.Should().Be(expected.Dimensions);
        for (int index = 0; index < expected.Count; index++)
        {
            Bits(actual.Row(index)).Should().Equal(Bits(expected.Row(index)), "the vector of '{0}' must come back bit by bit", expected.Words[index]);
        }
    }

    public static void ShouldScore(this WordScore[] found, WordVectors vectors, Func<int, double> score, double tolerance = 1e-6)
    {
        foreach (WordScore best in found)
        {
            best.Word.Should().Be(vectors.Words[best.Index]);
            ((double)best.Score).Should().BeApproximately(score(best.Index), tolerance);
        }
    }

    public static int[] Bits(ReadOnlySpan<float> values) => System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(values).ToArray();
}
