using NlpPretrain.Tensors;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Benchmarks;

/// <summary>Made-up words with random vectors, the same at every run.</summary>
internal static class RandomVectors
{
    public static WordVectors Create(int words, int dimensions)
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

        return new WordVectors([.. Enumerable.Range(0, words).Select(index => $"w{index}")], matrix);
    }

    /// <summary>A copy of the vectors, for a baseline that passes over the same amount of memory.</summary>
    public static Matrix CopyOf(WordVectors vectors)
    {
        var copy = new Matrix(vectors.Count, vectors.Dimensions);
        for (int row = 0; row < vectors.Count; row++)
        {
            vectors.Row(row).CopyTo(copy[row]);
        }

        return copy;
    }
}
