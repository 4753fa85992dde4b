using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

/// <summary>A cross entropy over the rows of a table, whose logits [N, K] come by chunks: over the table, then over blocks of hidden states.</summary>
internal abstract unsafe class ChunkedCrossEntropyOp : CrossEntropyOp
{
    /// <summary>Logits of at most 64 MB are kept for the backward instead of computed again: the same bits, from the same products.</summary>
    internal const long MostKeptLogits = 16 << 20;

    private const int ChunkColumns = 2048, BlockRows = 1024, CostOfExp = 4;

    private float* _logits;
    private int* _places;
    private bool _isKept;

    internal long MostKept { get; set; } = MostKeptLogits;

    /// <summary>The hidden states and targets that count, as they are or picked from the others: [M, C] and [M].</summary>
    protected float* Hidden { get; private set; }

    protected int* PickedTargets { get; private set; }

    /// <summary>[K, C], and [K] or null.</summary>
    protected float* Table { get; set; }

    protected float* TableBias { get; set; }

    /// <summary>The target of each row in the table, [M]; a number behind its end where it is not there.</summary>
    protected int* Labels { get; set; }

    protected int Width => X.Columns;

    private long Stride => _isKept ? Classes : Math.Min(Classes, ChunkColumns);

    internal static void CheckTable(Shape hidden, Shape weight, Tensor? bias)
    {
        if (weight.Rank != 2 || weight[1] != hidden.Columns)
            throw new ArgumentException($"The cross entropy of {hidden} needs a weight [V, {hidden.Columns}], one row for each word; it is {weight}.", nameof(weight));
        if (bias is { } given && given.Shape != new Shape(weight[0]))
            throw new ArgumentException($"The weight {weight} needs a bias [{weight[0]}], one value for each word; it is {given.Shape}.", nameof(bias));
    }

    /// <summary>Takes all chunks into the states.</summary>
    protected void ForwardChunks()
    {
        _isKept = IsRecorded && (long)Count * Classes <= MostKept;
        _logits = Allocate(Stride * (_isKept ? Count : Math.Min(Count, BlockRows)));
        for (int column = 0; column < Classes; column += ChunkColumns)
        {
            int columns = Math.Min(ChunkColumns, Classes - column);
            for (int row = 0; row < Count; row += BlockRows)
            {
                int rows = Math.Min(BlockRows, Count - row);
                float* logits = Logits(row, column);
                Multiply(row, rows, column, columns, logits);
                CrossEntropyForward work = new()
                {
                    Rows = rows, Columns = columns, FirstColumn = column, Stride = Stride, Logits = logits,
                    Targets = Labels + row, States = States + row, NeedsTotal = LabelSmoothing != 0,
                };
                Workers.For(Pieces(rows), (long)CostOfExp * rows * columns, ref work);
            }
        }
    }

    // ∂L/∂logits = (p − q) / count; ∂L/∂h = Σ over chunks of ∂L/∂logits·W, ∂L/∂W = ∂L/∂logitsᵀ·h, ∂L/∂b = Σ ∂L/∂logits.
    protected void BackwardChunks(float* hidden, bool addHidden, float* table, bool addTable, float* bias, bool addBias)
    {
        for (int column = 0; column < Classes; column += ChunkColumns)
        {
            int columns = Math.Min(ChunkColumns, Classes - column);
            long tableStart = (long)column * Width;
            for (int row = 0; row < Count; row += BlockRows)
            {
                int rows = Math.Min(BlockRows, Count - row);
                long start = (long)row * Width;
                float* logits = Logits(row, column);
                Differentiate(row, rows, column, columns, logits);
                if (hidden != null)
                    MatrixMultiply.Run(Workers, Transpose.None, rows, Width, columns, logits, (int)Stride, Table + tableStart, Width, hidden + start, Width, addHidden || column > 0);
                if (table != null)
                    MatrixMultiply.Run(Workers, Transpose.Left, columns, Width, rows, logits, (int)Stride, Hidden + start, Width, table + tableStart, Width, addTable || row > 0);
                if (bias != null) ChunkSums.Add(Workers, logits, rows, Stride, columns, bias + column, addBias || row > 0);
            }
        }
    }

    /// <summary>Changes logits before they are used; the default leaves them.</summary>
    protected virtual void Mask(int row, int rows, int column, int columns, float* logits, long stride)
    {
    }

    /// <summary>Finds the rows that count.</summary>
    protected void Pick()
    {
        Hidden = X.Data;
        PickedTargets = Targets;
        if (Count == Rows) return;

        Hidden = Allocate((long)Count * Width);
        PickedTargets = AllocateIntegers(Count);
        _places = AllocateIntegers(Rows);
        for (int row = 0, place = 0; row < Rows; row++)
        {
            _places[row] = Targets[row] >= 0 ? place : -1;
            if (Targets[row] >= 0) PickedTargets[place++] = Targets[row];
        }

        PickRows work = new() { Rows = Rows, Columns = Width, Places = _places, X = X.Data, Picked = Hidden };
        Workers.For((Rows + PickRows.RowsPerPiece - 1) / PickRows.RowsPerPiece, (long)Count * Width, ref work);
    }

    /// <summary>Where the gradient of the hidden states that count is to be written; <see cref="Return"/> takes it to where they came from.</summary>
    protected float* HiddenGradient(out bool accumulate)
    {
        accumulate = false;
        return Count == Rows ? X.GradientToWrite(out accumulate) : Allocate((long)Count * Width);
    }

    protected void Return(float* gradient)
    {
        if (gradient == null || Count == Rows) return;
        ReturnRows work = new() { Rows = Rows, Columns = Width, Places = _places, Picked = gradient, Gradient = X.GradientToWrite(out bool accumulate), Accumulate = accumulate };
        Workers.For((Rows + PickRows.RowsPerPiece - 1) / PickRows.RowsPerPiece, X.Size, ref work);
    }

    private void Differentiate(int row, int rows, int column, int columns, float* logits)
    {
        if (!_isKept) Multiply(row, rows, column, columns, logits);
        CrossEntropyBackward work = Gradients();
        (work.Rows, work.Columns, work.FirstColumn, work.Stride) = (rows, columns, column, Stride);
        work.Logits = logits;
        work.Targets = Labels + row;
        work.States = States + row;
        Workers.For(Pieces(rows), (long)CostOfExp * rows * columns, ref work);
    }

    private void Multiply(int row, int rows, int column, int columns, float* logits)
    {
        MatrixMultiply.Run(Workers, Transpose.Right, rows, columns, Width, Hidden + (long)row * Width, Width, Table + (long)column * Width, Width, logits, (int)Stride, false,
            TableBias == null ? null : TableBias + column);
        Mask(row, rows, column, columns, logits, Stride);
    }

    private float* Logits(int row, int column) => _isKept ? _logits + row * Stride + column : _logits;

    private static int Pieces(int rows) => (rows + CrossEntropyForward.RowsPerPiece - 1) / CrossEntropyForward.RowsPerPiece;
}
