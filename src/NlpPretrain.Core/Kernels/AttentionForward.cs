using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>The attention of one block of queries of one head: over the key blocks with a running maximum and sum.</summary>
/// <remarks>Source: Dao et al. 2022, arXiv:2205.14135 (blocks, and what is saved for the backward).</remarks>
internal unsafe struct AttentionForward : ISimdPieces
{
    private const int Block = AttentionProblem.Block;

    internal AttentionProblem Problem;
    internal float* Output;

    internal readonly int Pieces => Problem.Pairs * Problem.QueryBlocks;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    // The last blocks come first: causal, they see the most keys.
    [SkipLocalsInit]
    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int pair = piece % Problem.Pairs, first = (Problem.QueryBlocks - 1 - piece / Problem.Pairs) * Block;
        int rows = Math.Min(Block, Problem.Queries - first), size = Problem.HeadSize, padded = Problem.PaddedSize;
        float* queries = stackalloc float[size * Block + Row.Lanes], values = stackalloc float[Block * padded + Row.Lanes];
        float* scores = stackalloc float[Block * Block + Row.Lanes], sums = stackalloc float[Block * padded + Row.Lanes];
        float* largest = stackalloc float[Block], total = stackalloc float[Block], shrink = stackalloc float[Block];
        queries = Align(queries);
        values = Align(values);
        scores = Align(scores);
        sums = Align(sums);
        new Span<float>(sums, Block * padded).Clear();
        new Span<float>(largest, Block).Fill(float.NegativeInfinity);
        new Span<float>(total, Block).Clear();

        AttentionProblem.Turn(Problem.QueryAt(pair, first), Problem.QueryRow, rows, size, Problem.Scale, queries);
        int lanes = (rows + Row.Lanes - 1) / Row.Lanes * Row.Lanes, keyEnd = Problem.KeysOf(pair, first + rows);
        for (int key = 0; key < keyEnd; key += Block)
        {
            int keys = Math.Min(Block, keyEnd - key);
            BlockMultiply.Run(keys, lanes, size, Problem.KeyAt(pair, key), Problem.KeyRow, 1, queries, Block, scores, Block, accumulate: false);
            bool isMasked = Problem.NeedsMask(first, key + keys);
            for (int lane = 0; lane < lanes; lane += Row.Lanes)
                TakeScores<TSimd>(pair, first + lane, key, keys, isMasked, scores + lane, largest + lane, total + lane, shrink + lane);

            Shrink<TSimd>(sums, shrink, rows, padded);
            AttentionProblem.Pack<TSimd>(Problem.ValueAt(pair, key), Problem.ValueRow, keys, size, 1, values, padded);
            BlockMultiply.Run(rows, padded, keys, scores, 1, Block, values, padded, sums, padded, accumulate: true);
        }

        Finish<TSimd>(pair, first, rows, sums, largest, total);
    }

    private static float* Align(float* memory) => (float*)(((nint)memory + 63) & ~(nint)63);

    // 16 queries: with m′ = max(m, max s): Σ′ = Σ·e^(m − m′) + Σ e^(s − m′); the scores become e^(s − m′), and what was summed before shrinks by e^(m − m′).
    private readonly void TakeScores<TSimd>(int pair, int query, int key, int keys, bool isMasked, float* scores, float* largest, float* total, float* shrink) where TSimd : struct, ISimd<TSimd>
    {
        TSimd none = float.NegativeInfinity, before = TSimd.Load(largest), most = before;
        for (int j = 0; j < keys; j++)
        {
            TSimd score = TSimd.Load(scores + j * Block);
            if (isMasked)
            {
                score = TSimd.Select(Problem.Sees<TSimd>(query, key + j), score, none);
                score.Store(scores + j * Block);
            }

            most = TSimd.Max(score, most);
        }

        TSimd factor = Functions.ExpOrZero(before - most), sum = TSimd.Load(total) * factor;
        for (int j = 0; j < keys; j++)
        {
            TSimd value = Functions.ExpOrZero(TSimd.Load(scores + j * Block) - most);
            sum += value;
            if (Problem.DropBelow != 0) value *= Problem.Kept<TSimd>(pair, query, key + j);
            value.Store(scores + j * Block);
        }

        most.Store(largest);
        sum.Store(total);
        factor.Store(shrink);
    }

    private static void Shrink<TSimd>(float* sums, float* factors, int rows, int padded) where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < rows; i++)
        {
            if (factors[i] == 1) continue;
            for (int k = 0; k < padded; k += Row.Lanes) (TSimd.Load(sums + i * padded + k) * factors[i]).Store(sums + i * padded + k);
        }
    }

    private readonly void Finish<TSimd>(int pair, int first, int rows, float* sums, float* largest, float* total) where TSimd : struct, ISimd<TSimd>
    {
        int size = Problem.HeadSize, padded = Problem.PaddedSize;
        long width = (long)Problem.Heads * size;
        float* output = Output + ((long)(pair / Problem.Heads) * Problem.Queries + first) * width + pair % Problem.Heads * size;
        for (int i = 0; i < rows; i++)
        {
            float reciprocal = 1 / total[i];
            for (int k = 0; k < size; k += Row.Lanes) Row.Store(output + i * width + k, TSimd.Load(sums + i * padded + k) * reciprocal, size - k);
            if (Problem.Largest == null) continue;
            long at = (long)pair * Problem.Queries + first + i;
            (Problem.Largest[at], Problem.Reciprocal[at]) = (largest[i], reciprocal);
        }
    }
}
