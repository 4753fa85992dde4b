using NlpPretrain.Tensors;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Benchmarks;

/// <summary>Nearest words against one pass over the memory of their vectors.</summary>
internal static class NearestSuite
{
    public const int Words = 200_000, Dimensions = 300;

    public static void Run(bool quick)
    {
        Matrix memory = RandomVectors.Values(Words, Dimensions);
        WordVectors vectors = RandomVectors.Over(memory);
        Check(vectors, "w777");

        int threads = Environment.ProcessorCount, rounds = quick ? 11 : 41;
        AlternatingMedian.PrintRatio($"nearest/{Words}x{Dimensions}",
            AlternatingMedian.Measure(rounds, () => MemoryPass.Sum(memory, threads), () => vectors.MostSimilar("w777")), 0.83);
    }

    /// <summary>Compares with a plain loop in double, and refuses to time a wrong answer.</summary>
    private static void Check(WordVectors vectors, string word)
    {
        int queried = vectors.IndexOf(word);
        int[] expected = [.. Enumerable.Range(0, vectors.Count).Where(index => index != queried)
            .OrderByDescending(index => Cosine(vectors.Row(index), vectors[word])).Take(10)];
        WordScore[] found = vectors.MostSimilar(word);
        for (int k = 0; k < expected.Length; k++)
        {
            double cosine = Cosine(vectors.Row(expected[k]), vectors[word]);
            if (found[k].Index != expected[k] || Math.Abs(found[k].Score - cosine) > 1e-6)
            {
                throw new InvalidOperationException($"Place {k}: expected {vectors.Words[expected[k]]} at {cosine}, found {found[k]}.");
            }
        }

        Console.WriteLine("  checked against a plain loop: the same ten words");
    }

    private static double Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double dot = 0, xx = 0, yy = 0;
        for (int k = 0; k < x.Length; k++)
        {
            dot += (double)x[k] * y[k];
            xx += (double)x[k] * x[k];
            yy += (double)y[k] * y[k];
        }

        return dot / Math.Sqrt(xx * yy);
    }
}
