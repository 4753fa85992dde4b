using System.Runtime.Intrinsics;

namespace NlpPretrain.Word2Vec;

/// <summary>Keeps, for each query, the rows that are best by 2·cos − r(row), and in the same pass the nearest by cosine.</summary>
/// <param name="queries">Number of queries.</param>
/// <param name="count">How many of the best.</param>
/// <param name="neighbors">How many of the nearest.</param>
/// <param name="means">r by row, padded to a multiple of 16.</param>
internal sealed unsafe class CslsConsumer(int queries, int count, int neighbors, float[] means) : ICosineConsumer
{
    private readonly TopWords[] _best = [.. Enumerable.Range(0, queries).Select(_ => new TopWords(count))];
    private readonly TopWords[] _nearest = [.. Enumerable.Range(0, queries).Select(_ => new TopWords(neighbors))];

    public void Consume(int firstRow, int padded, float* cosines, int stride)
    {
        for (int query = 0; query < _best.Length; query++)
        {
            float* scores = cosines + (long)query * stride;
            for (int row = 0; row < padded; row += Vector512<float>.Count)
            {
                Vector512<float> cosine = Vector512.Load(scores + row);
                Vector512<float> mean = Vector512.LoadUnsafe(ref means[firstRow + row]);
                TopWordsConsumer.OfferSixteen(_nearest[query], firstRow + row, cosine, null);
                TopWordsConsumer.OfferSixteen(_best[query], firstRow + row, cosine + cosine - mean, null);
            }
        }
    }

    /// <summary>For each query the best of all workers with their CSLS, best first.</summary>
    public static (int Index, float Score)[][] Merge(List<CslsConsumer> consumers)
    {
        CslsConsumer merged = consumers[0];
        var results = new (int Index, float Score)[merged._best.Length][];
        for (int query = 0; query < results.Length; query++)
        {
            foreach (CslsConsumer other in consumers.Skip(1))
            {
                merged._best[query].OfferAll(other._best[query]);
                merged._nearest[query].OfferAll(other._nearest[query]);
            }

            float mean = MeanOf(merged._nearest[query].ToSorted());
            results[query] = [.. merged._best[query].ToSorted().Select(best => (best.Index, best.Score - mean))];
        }

        return results;
    }

    /// <summary>The mean of scores; 0 of none.</summary>
    public static float MeanOf((int Index, float Score)[] found) => (float)(found.Sum(near => (double)near.Score) / Math.Max(found.Length, 1));
}
