using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>Σ x over rows, or Σ x ⊙ y, into a row: partial sums of fixed chunks of rows, added in the order of the chunks.</summary>
internal unsafe struct ColumnSums : IPieces
{
    private float* _x, _y, _partial;
    private int _rows, _columns;

    /// <summary>How many values of scratch <see cref="Add"/> needs.</summary>
    internal static long ScratchSize(int rows, int columns) => (long)Pieces.Count(rows, Pieces.RowsOfSum) * columns;

    /// <param name="workers">The threads that compute.</param>
    /// <param name="x">[rows, columns]</param>
    /// <param name="y">[rows, columns], or null for the plain sum.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="partial">Scratch of <see cref="ScratchSize"/>.</param>
    /// <param name="target">[columns]</param>
    /// <param name="accumulate">Whether to add to the target.</param>
    internal static void Add(Workers workers, float* x, float* y, int rows, int columns, float* partial, float* target, bool accumulate)
    {
        ColumnSums work = new() { _x = x, _y = y, _rows = rows, _columns = columns, _partial = partial };
        int chunks = Pieces.Count(rows, Pieces.RowsOfSum);
        workers.For(chunks, (long)rows * columns, ref work);
        ChunkSums.Add(workers, partial, chunks, columns, columns, target, accumulate);
    }

    public readonly void Run(int piece)
    {
        Span<float> sum = new(_partial + (long)piece * _columns, _columns);
        sum.Clear();
        int end = Math.Min(_rows, (piece + 1) * Pieces.RowsOfSum);
        for (int row = piece * Pieces.RowsOfSum; row < end; row++)
        {
            ReadOnlySpan<float> x = new(_x + (long)row * _columns, _columns);
            if (_y == null) TensorPrimitives.Add(x, sum, sum);
            else TensorPrimitives.FusedMultiplyAdd(x, new ReadOnlySpan<float>(_y + (long)row * _columns, _columns), sum, sum);
        }
    }
}
