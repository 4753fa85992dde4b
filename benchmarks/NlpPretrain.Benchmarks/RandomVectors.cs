using NlpPretrain.Tensors;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Benchmarks;

/// <summary>Made-up words with random vectors, the same at every run.</summary>
internal static class RandomVectors
{
    public static WordVectors Create(int words, int dimensions) => Over(Values(words, dimensions));

    /// <summary>Words over a matrix, which is not copied.</summary>
    public static WordVectors Over(Matrix values) => new([.. Enumerable.Range(0, values.Rows).Select(index => $"w{index}")], values);

    public static Matrix Values(int words, int dimensions)
    {
        var random = new Random(1);
        var matrix = new Matrix(words, dimensions);
        for (int row = 0; row < words; row++)
        {
            foreach (ref float value in matrix[row])
            {
                value = random.NextSingle() - 0.5f;
            }
        }

        return matrix;
    }
}
