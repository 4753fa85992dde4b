using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Word2Vec;

/// <summary>Keeps the nearest rows of each query.</summary>
/// <param name="queries">Number of queries.</param>
/// <param name="count">How many rows to keep for each.</param>
/// <param name="excluded">Rows not to keep, or null.</param>
internal sealed unsafe class TopWordsConsumer(int queries, int count, IReadOnlySet<int>? excluded) : ICosineConsumer
{
    private readonly TopWords[] _best = [.. Enumerable.Range(0, queries).Select(_ => new TopWords(count))];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Consume(int firstRow, int padded, float* cosines, int stride)
    {
        for (int query = 0; query < _best.Length; query++)
        {
            TopWords best = _best[query];
            float* scores = cosines + (long)query * stride;
            for (int row = 0; row < padded; row += Vector512<float>.Count)
            {
                OfferSixteen(best, firstRow + row, Vector512.Load(scores + row), excluded);
            }
        }
    }

    /// <summary>Offers sixteen consecutive rows; those with −∞ are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfferSixteen(TopWords best, int firstRow, Vector512<float> scores, IReadOnlySet<int>? excluded)
    {
        Vector512<float> good = Vector512.GreaterThanOrEqual(scores, Vector512.Create(MathF.Max(best.Threshold, float.MinValue)));
        for (ulong lanes = good.ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            if (excluded is null || !excluded.Contains(firstRow + lane))
            {
                best.Offer(firstRow + lane, scores[lane]);
            }
        }
    }

    /// <summary>The best of all workers, for each query, best first.</summary>
    public static (int Index, float Score)[][] Merge(List<TopWordsConsumer> consumers)
    {
        TopWords[] merged = consumers[0]._best;
        for (int query = 0; query < merged.Length; query++)
        {
            foreach (TopWordsConsumer other in consumers.Skip(1))
            {
                merged[query].OfferAll(other._best[query]);
            }
        }

        return [.. merged.Select(best => best.ToSorted())];
    }
}
