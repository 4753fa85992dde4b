using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>The attention of one query to keys before it, one head a piece: what generation does for each token.</summary>
/// <remarks>
/// The bits of <see cref="AttentionForward"/>, which has a vector for 16 queries: here 16 keys share one. Scores are chains over d, the sum of the
/// exponentials and the sums of values are chains over the keys, and blocks of 64 keys begin at position 0.
/// </remarks>
internal unsafe struct SingleQuery : ISimdPieces
{
    private const int Block = AttentionProblem.Block;

    internal AttentionProblem Problem;
    internal float* Output;

    /// <summary>Whether the sizes and this processor have this path. Keys behind the last are read, up to 15, and nothing is made of them.</summary>
    internal static bool CanRun(in AttentionProblem problem) => problem.HeadSize % Row.Lanes == 0 && MatrixStream.CanRun(1, MatrixStream.Strip, problem.HeadSize);

    public readonly void Run(int piece) => Simd.Run(this, piece);

    [SkipLocalsInit]
    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int size = Problem.HeadSize;
        float* query = stackalloc float[AttentionProblem.MostHeadSize], scores = stackalloc float[Block], sums = stackalloc float[AttentionProblem.MostHeadSize];
        float* from = Problem.QueryAt(piece, 0);
        for (int k = 0; k < size; k += Row.Lanes)
        {
            (TSimd.Load(from + k) * Problem.Scale).Store(query + k);
            TSimd.Create(0).Store(sums + k);
        }

        float largest = float.NegativeInfinity, total = 0;
        for (int key = 0; key < Problem.Keys; key += Block)
        {
            int keys = Math.Min(Block, Problem.Keys - key);
            float most = Score<TSimd>(piece, key, keys, query, scores, largest), factor = TSimd.First(Functions.ExpOrZero(TSimd.Create(largest - most)));
            largest = most;
            total *= factor;
            for (int j = 0; j < keys; j += Row.Lanes) Functions.ExpOrZero(TSimd.Load(scores + j) - most).Store(scores + j);
            for (int j = 0; j < keys; j++) total += scores[j];
            AddValues<TSimd>(Problem.ValueAt(piece, key), keys, scores, factor, sums);
        }

        float reciprocal = 1 / total;
        for (int k = 0; k < size; k += Row.Lanes) (TSimd.Load(sums + k) * reciprocal).Store(Output + piece * size + k);
    }

    // Returns the largest of these scores and those before; NaN is no largest.
    private readonly float Score<TSimd>(int head, int first, int keys, float* query, float* scores, float before) where TSimd : struct, ISimd<TSimd>
    {
        TSimd most = before, none = float.NegativeInfinity;
        for (int j = 0; j < keys; j += Row.Lanes)
        {
            float* next = j + Row.Lanes < keys ? Problem.KeyAt(head, first + j + Row.Lanes) : Problem.ValueAt(head, first);
            MatrixStream.MultiplyStrip(Problem.HeadSize, query, Problem.KeyAt(head, first + j), (nint)Problem.KeyRow, next, scores + j);
            most = TSimd.Max(TSimd.Select(TSimd.FirstLanes(keys - j), TSimd.Load(scores + j), none), most);
        }

        return TSimd.Largest(most);
    }

    // Four chains of 16 columns at once hide the latency of one.
    private readonly void AddValues<TSimd>(float* values, int keys, float* scores, float factor, float* sums) where TSimd : struct, ISimd<TSimd>
    {
        int size = Problem.HeadSize, k = 0;
        for (; k <= size - 4 * Row.Lanes; k += 4 * Row.Lanes)
        {
            float* value = values + k;
            TSimd s0 = Shrunk(sums + k), s1 = Shrunk(sums + k + Row.Lanes), s2 = Shrunk(sums + k + 2 * Row.Lanes), s3 = Shrunk(sums + k + 3 * Row.Lanes);
            for (int j = 0; j < keys; j++, value += Problem.ValueRow)
            {
                TSimd score = scores[j];
                s0 = TSimd.MultiplyAdd(score, TSimd.Load(value), s0);
                s1 = TSimd.MultiplyAdd(score, TSimd.Load(value + Row.Lanes), s1);
                s2 = TSimd.MultiplyAdd(score, TSimd.Load(value + 2 * Row.Lanes), s2);
                s3 = TSimd.MultiplyAdd(score, TSimd.Load(value + 3 * Row.Lanes), s3);
            }

            s0.Store(sums + k);
            s1.Store(sums + k + Row.Lanes);
            s2.Store(sums + k + 2 * Row.Lanes);
            s3.Store(sums + k + 3 * Row.Lanes);
        }

        for (; k < size; k += Row.Lanes)
        {
            float* value = values + k;
            TSimd sum = Shrunk(sums + k);
            for (int j = 0; j < keys; j++, value += Problem.ValueRow) sum = TSimd.MultiplyAdd(scores[j], TSimd.Load(value), sum);
            sum.Store(sums + k);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TSimd Shrunk(float* at) => TSimd.Load(at) * factor;
    }
}
