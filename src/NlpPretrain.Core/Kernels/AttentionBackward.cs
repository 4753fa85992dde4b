using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>The gradients of an attention: probabilities are computed again, block by block.</summary>
/// <remarks>
/// <para>
/// With P the probabilities, M the dropout factors and D = Σ ∂y ⊙ y of each query: ∂V = (P ⊙ M)ᵀ·∂y, ∂S = P ⊙ (M ⊙ (∂y·Vᵀ) − D), ∂Q = ∂S·K/√d, ∂K = ∂Sᵀ·Q/√d.
/// </para>
/// <para>
/// A piece is a head, with all its blocks; or, where there are fewer heads than workers, a block of queries (for ∂Q) or of keys (for ∂K and ∂V). Either way
/// each sum goes over the blocks in order, so the bits are the same.
/// </para>
/// </remarks>
internal unsafe struct AttentionBackward : ISimdPieces
{
    private const int Block = AttentionProblem.Block;

    internal AttentionProblem Problem;
    internal float* Output, OutputGradient;

    /// <summary>Gradients laid out as the query, the key and the value; null where not wanted.</summary>
    internal float* QueryGradient, KeyGradient, ValueGradient;

    /// <summary>Whether a gradient is memory that nothing was written to.</summary>
    internal bool ClearQuery, ClearKey, ClearValue;

    internal bool ByBlocks;

    internal readonly int Pieces => ByBlocks ? Problem.Pairs * (Problem.QueryBlocks + Problem.KeyBlocks) : Problem.Pairs;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int pair = piece % Problem.Pairs, block = piece / Problem.Pairs;
        if (!ByBlocks) Run<TSimd>(pair, 0, Problem.Queries, 0, Problem.Keys, QueryGradient, KeyGradient, ValueGradient);
        else if (block < Problem.QueryBlocks) Run<TSimd>(pair, block * Block, Math.Min(Problem.Queries, (block + 1) * Block), 0, Problem.Keys, QueryGradient, null, null);
        else RunKeys<TSimd>(pair, (block - Problem.QueryBlocks) * Block);
    }

    private readonly void RunKeys<TSimd>(int pair, int key) where TSimd : struct, ISimd<TSimd> =>
        Run<TSimd>(pair, 0, Problem.Queries, key, Math.Min(Problem.Keys, key + Block), null, KeyGradient, ValueGradient);

    [SkipLocalsInit]
    private readonly void Run<TSimd>(int pair, int firstQuery, int queryEnd, int firstKey, int keyEnd, float* queryGradient, float* keyGradient, float* valueGradient)
        where TSimd : struct, ISimd<TSimd>
    {
        int size = Problem.HeadSize, padded = Problem.PaddedSize, area = Block * padded;
        float* memory = stackalloc float[6 * area + 2 * Block * Block + Block + Row.Lanes];
        Scratch scratch = new((float*)(((nint)memory + 63) & ~(nint)63), area);

        if (queryGradient != null && ClearQuery) Clear(QueryOf(queryGradient, pair, firstQuery), Problem.QueryRow, queryEnd - firstQuery, size);
        if (keyGradient != null && ClearKey) Clear(KeyOf(keyGradient, pair, firstKey), Problem.KeyRow, keyEnd - firstKey, size);
        if (valueGradient != null && ClearValue) Clear(ValueOf(valueGradient, pair, firstKey), Problem.ValueRow, keyEnd - firstKey, size);

        for (int query = firstQuery; query < queryEnd; query += Block)
        {
            int rows = Math.Min(Block, queryEnd - query), end = Math.Min(keyEnd, Problem.KeysOf(pair, query + rows));
            if (end <= firstKey) continue;

            Prepare<TSimd>(pair, query, rows, scratch);
            for (int key = firstKey; key < end; key += Block)
            {
                int keys = Math.Min(Block, end - key);
                AddScores<TSimd>(pair, query, rows, key, keys, scratch);
                if (valueGradient != null)
                {
                    BlockMultiply.Run(keys, size, rows, scratch.Scores, Block, 1, scratch.OutputGradients, padded,
                        ValueOf(valueGradient, pair, key), Problem.ValueRow, accumulate: true);
                }

                if (keyGradient != null)
                {
                    BlockMultiply.Run(keys, size, rows, scratch.ScoreGradients, Block, 1, scratch.Queries, padded,
                        KeyOf(keyGradient, pair, key), Problem.KeyRow, accumulate: true);
                }

                if (queryGradient == null) continue;
                AttentionProblem.Pack<TSimd>(Problem.KeyAt(pair, key), Problem.KeyRow, keys, size, 1, scratch.Keys, padded);
                BlockMultiply.Run(rows, padded, keys, scratch.ScoreGradients, 1, Block, scratch.Keys, padded, scratch.QueryGradients, padded, accumulate: true);
            }

            if (queryGradient != null) AddQueries<TSimd>(QueryOf(queryGradient, pair, query), rows, scratch.QueryGradients);
        }
    }

    private readonly void Prepare<TSimd>(int pair, int query, int rows, Scratch scratch) where TSimd : struct, ISimd<TSimd>
    {
        int size = Problem.HeadSize, padded = Problem.PaddedSize;
        long width = (long)Problem.Heads * size, start = ((long)(pair / Problem.Heads) * Problem.Queries + query) * width + pair % Problem.Heads * size;
        float* queries = Problem.QueryAt(pair, query), gradients = OutputGradient + start;
        AttentionProblem.Turn(queries, Problem.QueryRow, rows, size, Problem.Scale, scratch.TurnedQueries);
        AttentionProblem.Pack<TSimd>(queries, Problem.QueryRow, rows, size, Problem.Scale, scratch.Queries, padded);
        AttentionProblem.Turn(gradients, width, rows, size, 1, scratch.TurnedGradients);
        AttentionProblem.Pack<TSimd>(gradients, width, rows, size, 1, scratch.OutputGradients, padded);
        new Span<float>(scratch.QueryGradients, Block * padded).Clear();
        for (int i = 0; i < Block; i++)
            scratch.Means[i] = i < rows ? Row.Sum<TSimd, Products>(size, new() { X = Output + start + i * width, Y = gradients + i * width }) : 0;
    }

    // The scores become P ⊙ M, and the products ∂y·Vᵀ become ∂S.
    private readonly void AddScores<TSimd>(int pair, int query, int rows, int key, int keys, Scratch scratch) where TSimd : struct, ISimd<TSimd>
    {
        int lanes = (rows + Row.Lanes - 1) / Row.Lanes * Row.Lanes, size = Problem.HeadSize;
        BlockMultiply.Run(keys, lanes, size, Problem.KeyAt(pair, key), Problem.KeyRow, 1, scratch.TurnedQueries, Block, scratch.Scores, Block, accumulate: false);
        BlockMultiply.Run(keys, lanes, size, Problem.ValueAt(pair, key), Problem.ValueRow, 1, scratch.TurnedGradients, Block, scratch.ScoreGradients, Block, accumulate: false);

        bool isMasked = Problem.NeedsMask(query, key + keys);
        long at = (long)pair * Problem.Queries + query;
        for (int lane = 0; lane < lanes; lane += Row.Lanes)
        {
            TSimd largest = Row.Load<TSimd>(Problem.Largest + at + lane, rows - lane), reciprocal = Row.Load<TSimd>(Problem.Reciprocal + at + lane, rows - lane);
            TSimd mean = TSimd.Load(scratch.Means + lane);
            for (int j = 0; j < keys; j++)
            {
                float* score = scratch.Scores + j * Block + lane, gradient = scratch.ScoreGradients + j * Block + lane;
                TSimd probability = Functions.ExpOrZero(TSimd.Load(score) - largest) * reciprocal, change = TSimd.Load(gradient), kept = probability;
                if (isMasked)
                {
                    TSimd sees = Problem.Sees<TSimd>(query + lane, key + j);
                    probability &= sees;
                    change &= sees;
                    kept = probability;
                }

                if (Problem.DropBelow != 0)
                {
                    TSimd factor = Problem.Kept<TSimd>(pair, query + lane, key + j);
                    kept *= factor;
                    change *= factor;
                }

                kept.Store(score);
                (probability * (change - mean)).Store(gradient);
            }
        }
    }

    private readonly void AddQueries<TSimd>(float* gradient, int rows, float* sums) where TSimd : struct, ISimd<TSimd>
    {
        int size = Problem.HeadSize, padded = Problem.PaddedSize;
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < size; k += Row.Lanes)
            {
                float* at = gradient + i * Problem.QueryRow + k;
                Row.Store(at, TSimd.MultiplyAdd(TSimd.Load(sums + i * padded + k), Problem.Scale, Row.Load<TSimd>(at, size - k)), size - k);
            }
        }
    }

    private readonly float* QueryOf(float* gradient, int pair, int row) => gradient + (Problem.QueryAt(pair, row) - Problem.Query);

    private readonly float* KeyOf(float* gradient, int pair, int row) => gradient + (Problem.KeyAt(pair, row) - Problem.Key);

    private readonly float* ValueOf(float* gradient, int pair, int row) => gradient + (Problem.ValueAt(pair, row) - Problem.Value);

    private static void Clear(float* x, long stride, int rows, int columns)
    {
        for (int i = 0; i < rows; i++) new Span<float>(x + i * stride, columns).Clear();
    }

    private readonly struct Scratch(float* memory, int area)
    {
        /// <summary>[d, 64]</summary>
        internal readonly float* TurnedQueries = memory, TurnedGradients = memory + area;

        /// <summary>[64, d]</summary>
        internal readonly float* Queries = memory + 2 * area, OutputGradients = memory + 3 * area, QueryGradients = memory + 4 * area, Keys = memory + 5 * area;

        /// <summary>[keys, queries]</summary>
        internal readonly float* Scores = memory + 6 * area, ScoreGradients = memory + 6 * area + Block * Block;

        /// <summary>D, [64]</summary>
        internal readonly float* Means = memory + 6 * area + 2 * Block * Block;
    }

    private struct Products : ITerms
    {
        internal float* X, Y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(X + i, left) * Row.Load<TSimd>(Y + i, left);
    }
}
