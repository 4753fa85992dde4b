using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The mean cross entropy of targets under the softmax of a projection of this tensor: hidden states to a vocabulary.</summary>
    /// <remarks>
    /// <para>L = mean over targets t of −Σᵢ qᵢ·log pᵢ with p = softmax(W·h + b), and q = 1 − ε + ε/V at t and ε/V elsewhere; in nats.</para>
    /// <para>
    /// The logits [N, V] never exist whole unless they are small: they are computed by chunks of the vocabulary with a running maximum and sum, and
    /// once more for the backward. Rows whose target is ignored cost nothing. W may be an embedding table.
    /// </para>
    /// <para>Source: Milakov and Gimelshein 2018, arXiv:1805.02867 (the running maximum and sum).</para>
    /// <para>Differs from PyTorch: without a target that counts, the loss is 0, not NaN.</para>
    /// </remarks>
    /// <param name="weight">W, [V, C] for this tensor [..., C]</param>
    /// <param name="bias">b, [V], or null.</param>
    /// <param name="targets">The word of each row of this tensor.</param>
    /// <param name="ignoreTarget">Rows with this target do not count. Default −1.</param>
    /// <param name="labelSmoothing">ε, 0 to below 1. Default 0.</param>
    /// <returns>One value, [1].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is not one target for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a row of W, or the label smoothing is out of range.</exception>
    public Tensor CrossEntropy(Tensor weight, Tensor? bias, ReadOnlySpan<int> targets, int ignoreTarget = -1, float labelSmoothing = 0) =>
        CrossEntropy(weight, bias, targets, out _, ignoreTarget, labelSmoothing);

    /// <summary>The mean cross entropy of targets under the softmax of a projection, with its sum, count and number of correct predictions.</summary>
    /// <param name="weight">W, [V, C] for this tensor [..., C]</param>
    /// <param name="bias">b, [V], or null.</param>
    /// <param name="targets">The word of each row of this tensor.</param>
    /// <param name="statistics">Sum, count and correct predictions.</param>
    /// <param name="ignoreTarget">Rows with this target do not count. Default −1.</param>
    /// <param name="labelSmoothing">ε, 0 to below 1. Default 0.</param>
    /// <returns>One value, [1].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is not one target for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a row of W, or the label smoothing is out of range.</exception>
    public Tensor CrossEntropy(Tensor weight, Tensor? bias, ReadOnlySpan<int> targets, out TargetStatistics statistics, int ignoreTarget = -1, float labelSmoothing = 0) =>
        CrossEntropy(weight, bias, targets, out statistics, ignoreTarget, labelSmoothing, ProjectedCrossEntropyOp.MostKeptLogits);

    internal Tensor CrossEntropy(Tensor weight, Tensor? bias, ReadOnlySpan<int> targets, out TargetStatistics statistics, int ignoreTarget, float labelSmoothing, long mostKept)
    {
        Shape shape = Shape, table = weight.Shape;
        if (table.Rank != 2 || table[1] != shape.Columns)
            throw new ArgumentException($"The cross entropy of {shape} needs a weight [V, {shape.Columns}], one row for each word; it is {table}.", nameof(weight));
        if (bias is { } given && given.Shape != new Shape(table[0]))
            throw new ArgumentException($"The weight {table} needs a bias [{table[0]}], one value for each word; it is {given.Shape}.", nameof(bias));
        CrossEntropyOp.Check(shape, shape.Rows, table[0], targets, ignoreTarget, labelSmoothing);

        ProjectedCrossEntropyOp op = Op.Take<ProjectedCrossEntropyOp>(this);
        op.LabelSmoothing = labelSmoothing;
        op.MostKept = mostKept;
        op.Keep(targets, ignoreTarget);
        Tensor loss = bias is { } b ? op.Run(new Shape(1), this, weight, b) : op.Run(new Shape(1), this, weight);
        statistics = op.Statistics;
        return loss;
    }
}

/// <summary>The loops are over chunks of the vocabulary, then over blocks of rows: each product is of one chunk and one block.</summary>
internal sealed unsafe class ProjectedCrossEntropyOp : CrossEntropyOp
{
    /// <summary>Logits of at most 8 MB are kept for the backward instead of computed again: the same bits, from the same products.</summary>
    internal const long MostKeptLogits = 2 << 20;

    private const int ChunkColumns = 2048, BlockRows = 512, CostOfExp = 4;

    // Rows that count, as they are or picked from the others: hidden states, targets, and each row's place among them.
    private float* _hidden, _logits;
    private int* _targets, _places;
    private bool _isKept;

    internal long MostKept { get; set; }

    protected override int Classes => Y.Rows;

    private int Width => X.Columns;

    private float* Bias => InputCount == 3 ? Z.Data : null;

    private long Stride => _isKept ? Classes : Math.Min(Classes, ChunkColumns);

    protected override void Forward()
    {
        Pick();
        CreateStates(Count);
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
                    Rows = rows, Columns = columns, FirstColumn = column, Stride = Stride, Logits = logits, Bias = Bias == null ? null : Bias + column,
                    Targets = _targets + row, States = States + row, NeedsTotal = LabelSmoothing != 0,
                };
                Workers.For(Pieces(rows), (long)CostOfExp * rows * columns, ref work);
            }
        }

        Finish(_targets, Count);
    }

    // ∂L/∂logits = (p − q) / count; ∂L/∂h = Σ over chunks of ∂L/∂logits·W, ∂L/∂W = ∂L/∂logitsᵀ·h, ∂L/∂b = Σ ∂L/∂logits.
    protected override void Backward()
    {
        bool addHidden = false, addWeight = false, addBias = false, isPicked = Count < Rows;
        float* hidden = null, weight = null, bias = null;
        if (X.RequiresGradient) hidden = isPicked ? Allocate((long)Count * Width) : X.GradientToWrite(out addHidden);
        if (Y.RequiresGradient) weight = Y.GradientToWrite(out addWeight);
        if (Bias != null && Z.RequiresGradient) bias = Z.GradientToWrite(out addBias);
        if (Count == 0) ClearUnlessAdding(weight, addWeight, bias, addBias);

        for (int column = 0; column < Classes; column += ChunkColumns)
        {
            int columns = Math.Min(ChunkColumns, Classes - column);
            for (int row = 0; row < Count; row += BlockRows)
            {
                int rows = Math.Min(BlockRows, Count - row);
                float* logits = Logits(row, column);
                Differentiate(row, rows, column, columns, logits);
                if (hidden != null)
                {
                    MatrixMultiply.Run(Workers, Transpose.None, rows, Width, columns, logits, (int)Stride, Y.Data + (long)column * Width, Width,
                        hidden + (long)row * Width, Width, addHidden || column > 0);
                }

                if (weight != null)
                {
                    MatrixMultiply.Run(Workers, Transpose.Left, columns, Width, rows, logits, (int)Stride, _hidden + (long)row * Width, Width,
                        weight + (long)column * Width, Width, addWeight || row > 0);
                }

                if (bias != null) ChunkSums.Add(Workers, logits, rows, Stride, columns, bias + column, addBias || row > 0);
            }
        }

        if (hidden != null && isPicked) Return(hidden);
    }

    private void Differentiate(int row, int rows, int column, int columns, float* logits)
    {
        if (!_isKept) Multiply(row, rows, column, columns, logits);
        CrossEntropyBackward work = Gradients();
        (work.Rows, work.Columns, work.FirstColumn, work.Stride) = (rows, columns, column, Stride);
        work.Logits = logits;
        work.Bias = _isKept || Bias == null ? null : Bias + column;                              // kept logits have it
        work.Targets = _targets + row;
        work.States = States + row;
        Workers.For(Pieces(rows), (long)CostOfExp * rows * columns, ref work);
    }

    private static int Pieces(int rows) => (rows + CrossEntropyForward.RowsPerPiece - 1) / CrossEntropyForward.RowsPerPiece;

    private float* Logits(int row, int column) => _isKept ? _logits + row * Stride + column : _logits;

    private void Multiply(int row, int rows, int column, int columns, float* logits) =>
        MatrixMultiply.Run(Workers, Transpose.Right, rows, columns, Width, _hidden + (long)row * Width, Width, Y.Data + (long)column * Width, Width, logits, (int)Stride, false);

    private void Pick()
    {
        _hidden = X.Data;
        _targets = Targets;
        if (Count == Rows) return;

        _hidden = Allocate((long)Count * Width);
        _targets = AllocateIntegers(Count);
        _places = AllocateIntegers(Rows);
        for (int row = 0, place = 0; row < Rows; row++)
        {
            _places[row] = Targets[row] >= 0 ? place : -1;
            if (Targets[row] >= 0) _targets[place++] = Targets[row];
        }

        PickRows work = new() { Rows = Rows, Columns = Width, Places = _places, X = X.Data, Picked = _hidden };
        Workers.For((Rows + PickRows.RowsPerPiece - 1) / PickRows.RowsPerPiece, (long)Count * Width, ref work);
    }

    private void Return(float* gradient)
    {
        ReturnRows work = new() { Rows = Rows, Columns = Width, Places = _places, Picked = gradient, Gradient = X.GradientToWrite(out bool accumulate), Accumulate = accumulate };
        Workers.For((Rows + PickRows.RowsPerPiece - 1) / PickRows.RowsPerPiece, X.Size, ref work);
    }

    private void ClearUnlessAdding(float* weight, bool addWeight, float* bias, bool addBias)
    {
        if (weight != null && !addWeight) new Span<float>(weight, Y.Size).Clear();
        if (bias != null && !addBias) new Span<float>(bias, Z.Size).Clear();
    }
}
