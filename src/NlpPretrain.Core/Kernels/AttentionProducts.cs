namespace NlpPretrain.Kernels;

/// <summary>The products of one block of queries with one block of keys. On the diagonal of a causal attention they leave out most of what is masked.</summary>
internal readonly unsafe struct AttentionProducts(in AttentionProblem problem, int query, int rows, int key, int keys, bool isMasked)
{
    private const int Block = AttentionProblem.Block, RowsOfTile = 8;

    private readonly int _size = problem.HeadSize, _padded = problem.PaddedSize, _offset = problem.Keys - problem.Queries;

    /// <summary>The first query of the block, and how many.</summary>
    internal readonly int Query = query, Rows = rows;

    /// <summary>The first key of the block, and how many.</summary>
    internal readonly int Key = key, Keys = keys;

    /// <summary>Whether some queries do not see some keys.</summary>
    internal readonly bool IsMasked = isMasked;

    internal int Lanes => (Rows + Row.Lanes - 1) / Row.Lanes * Row.Lanes;

    /// <summary>target [keys, 64] = rows of keys or values · turned [d, 64]; where masked, some of what no query sees stays unknown.</summary>
    internal void Scores(float* values, nint stride, float* turned, float* target)
    {
        int step = IsMasked ? RowsOfTile : Keys;
        for (int j = 0; j < Keys; j += step)
        {
            int first = IsMasked ? FirstSeeing(j) / Row.Lanes * Row.Lanes : 0;
            BlockMultiply.Run(Math.Min(step, Keys - j), Lanes - first, _size, values + j * stride, stride, 1, turned + first, Block, target + j * Block + first, Block, accumulate: false);
        }
    }

    /// <summary>target [queries, d] += scores [keys, 64]ᵀ · values [keys, d]</summary>
    internal void AddKeys(float* scores, float* values, float* target)
    {
        int step = IsMasked ? RowsOfTile : Rows;
        for (int i = 0; i < Rows; i += step)
        {
            int count = Math.Min(step, Rows - i), seen = IsMasked ? SeenKeys(i + count - 1) : Keys;
            BlockMultiply.Run(count, _padded, seen, scores + i, 1, Block, values, _padded, target + i * _padded, _padded, accumulate: true);
        }
    }

    /// <summary>target [keys, d] += scores [keys, 64] · values [queries, d]</summary>
    internal void AddQueries(float* scores, float* values, float* target, nint stride)
    {
        int step = IsMasked ? RowsOfTile : Keys;
        for (int j = 0; j < Keys; j += step)
        {
            int first = IsMasked ? FirstSeeing(j) : 0;
            BlockMultiply.Run(Math.Min(step, Keys - j), _size, Rows - first, scores + j * Block + first, Block, 1, values + first * _padded, _padded, target + j * stride, stride, accumulate: true);
        }
    }

    // Queries are the last of the keys' positions, and see their own and those before it.
    private int SeenKeys(int row) => Math.Clamp(Query + row + _offset - Key + 1, 0, Keys);

    private int FirstSeeing(int column) => Math.Clamp(Key + column - (Query + _offset), 0, Rows);
}
