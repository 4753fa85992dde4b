using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>An LSTM over a sequence, with an optional projection of its hidden state and optional clipping.</summary>
    /// <remarks>
    /// <para>(i, f, g, o) = (σ, σ, tanh, σ)(W_x·x + W_h·h′ + b), c = clip(f ⊙ c′ + i ⊙ g), m = o ⊙ tanh c, h = clip(W_p·m), or m without a projection.</para>
    /// <para>Source: Hochreiter and Schmidhuber 1997; Sak, Senior and Beaufays 2014, arXiv:1402.1128. Differs: no peepholes; c and h are clipped, as bilm-tf
    /// does. A clipped value passes no gradient.</para>
    /// </remarks>
    /// <param name="inputWeight">W_x, [4N, I], rows in the order i, f, g, o.</param>
    /// <param name="hiddenWeight">W_h, [4N, P]; P is N without a projection.</param>
    /// <param name="bias">b, [4N]; a bias of the forget gate belongs in its second quarter.</param>
    /// <param name="projection">W_p, [P, N]; default none.</param>
    /// <param name="hidden">h before the first step, [B, P]: a constant, so that gradients end at the sequence's start.</param>
    /// <param name="cell">c before the first step, [B, N]: a constant.</param>
    /// <param name="cellLimit">c is clipped to ± this. Default: not at all.</param>
    /// <param name="projectionLimit">h is clipped to ± this. Default: not at all.</param>
    /// <param name="lengths">Steps of each row of the batch, 1 to T: later outputs are zero. Default: all have T.</param>
    /// <returns>h of every step, [T, B, P]; <see cref="LstmResult"/> has the last states too. This tensor is x, [T, B, I].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public LstmResult Lstm(Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Tensor? projection, Tensor hidden, Tensor cell,
        float cellLimit = float.PositiveInfinity, float projectionLimit = float.PositiveInfinity, ReadOnlySpan<int> lengths = default)
    {
        if (Shape.Rank != 3) throw new ArgumentException($"An LSTM reads [T, B, I]; this tensor is {Shape}.");
        (int steps, int batch, int inputs) = (Shape[0], Shape[1], Shape[2]);
        int cells = cell.Shape.Columns, outputs = hidden.Shape.Columns;
        Require(nameof(cell), cell.Shape, new(batch, cells));
        Require(nameof(hidden), hidden.Shape, new(batch, outputs));
        Require(nameof(inputWeight), inputWeight.Shape, new(4 * cells, inputs));
        Require(nameof(hiddenWeight), hiddenWeight.Shape, new(4 * cells, outputs));
        Require(nameof(bias), bias.Shape, new(4 * cells));
        if (projection is { } given) Require(nameof(projection), given.Shape, new(outputs, cells));
        else if (outputs != cells) throw new ArgumentException($"Without a projection the hidden state has as many values as the cell; hidden is {hidden.Shape} and cell is {cell.Shape}.");
        if (!lengths.IsEmpty && lengths.Length != batch) throw new ArgumentException($"{lengths.Length} lengths were given for a batch of {batch}.", nameof(lengths));
        for (int row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] < 1 || lengths[row] > steps)
                throw new ArgumentOutOfRangeException(nameof(lengths), lengths[row], $"The length of row {row} is {lengths[row]}; lengths are 1 to {steps}, the steps of {Shape}.");
        }

        LstmOp op = Op.Take<LstmOp>(this);
        (op.CellLimit, op.ProjectionLimit) = (cellLimit, projectionLimit);
        op.Keep(lengths, batch, steps);
        op.AddInput(this);
        op.AddInput(inputWeight);
        op.AddInput(hiddenWeight);
        op.AddInput(bias);
        op.AddInput(hidden);
        op.AddInput(cell);
        if (projection is { } weight) op.AddInput(weight);
        Tensor output = op.Run(new(steps, batch, outputs));
        return new(output, op.ResultAt(1), op.ResultAt(2));

        static void Require(string name, Shape found, Shape needed)
        {
            if (found != needed) throw new ArgumentException($"{name} is {found}; it needs to be {needed} to fit the other tensors of the LSTM.", name);
        }
    }
}

/// <summary>What an LSTM gives.</summary>
/// <param name="Output">h of every step, [T, B, P].</param>
/// <param name="Hidden">h after the last step of each row, [B, P]: a constant, for the next part of a sequence.</param>
/// <param name="Cell">c after the last step of each row, [B, N]: a constant.</param>
public readonly record struct LstmResult(Tensor Output, Tensor Hidden, Tensor Cell);

internal sealed unsafe class LstmOp : Op
{
    private const int Inputs = 0, InputWeight = 1, HiddenWeight = 2, Bias = 3, Hidden = 4, Cell = 5, Projection = 6;

    private PackedMatrix? _recurrent, _projection;
    private int* _lengths;
    private float* _gates, _cells, _mixed;

    internal float CellLimit { get; set; }

    internal float ProjectionLimit { get; set; }

    private int Steps => X.Shape[0];

    private int Batch => X.Shape[1];

    private int Cells => Input(Cell).Columns;

    private int Outputs => Output.Columns;

    private bool HasProjection => InputCount > Projection;

    internal void Keep(ReadOnlySpan<int> lengths, int batch, int steps)
    {
        _lengths = AllocateIntegers(batch);
        for (int row = 0; row < batch; row++) _lengths[row] = lengths.IsEmpty ? steps : lengths[row];
    }

    protected override void CreateOutputs()
    {
        AddConstant(Input(Hidden).Shape);
        AddConstant(Input(Cell).Shape);
    }

    protected override void Forward()
    {
        int cells = Cells, outputs = Outputs, batch = Batch, inputs = X.Columns, steps = Steps;
        _gates = Allocate((long)steps * batch * 4 * cells);                                     // [T, B, 4N]: i, f, g, o
        _cells = Allocate((long)steps * batch * cells);                                         // [T, B, N]: c
        _mixed = HasProjection ? Allocate((long)steps * batch * cells) : Output.Data;           // [T, B, N]: m
        _recurrent = Packed(_recurrent, Input(HiddenWeight));
        if (HasProjection) _projection = Packed(_projection, Input(Projection));

        // Every step's W_x·x + b at once; the products go on from the bias, which the gates hold.
        for (int row = 0; row < steps * batch; row++) Input(Bias).Values.CopyTo(new(_gates + (long)row * 4 * cells, 4 * cells));
        MatrixMultiply.Run(Workers, Transpose.Right, steps * batch, 4 * cells, inputs, X.Data, inputs, Input(InputWeight).Data, inputs, _gates, 4 * cells, accumulate: true);

        float* hidden = Input(Hidden).Data, cell = Input(Cell).Data;
        for (int step = 0; step < steps; step++)
        {
            long row = (long)step * batch;
            float* output = Output.Data + row * outputs;
            MatrixMultiply.Run(Workers, batch, hidden, outputs, _recurrent, _gates + row * 4 * cells, 4 * cells, accumulate: true);
            LstmForward work = new()
            {
                Step = step, Cells = cells, Limit = CellLimit, Lengths = _lengths, Gates = _gates + row * 4 * cells, Before = cell, After = _cells + row * cells,
                Mixed = _mixed + row * cells,
            };
            Workers.For(batch, (long)batch * cells * 8, ref work);
            if (HasProjection)
            {
                MatrixMultiply.Run(Workers, batch, _mixed + row * cells, cells, _projection!, output, outputs, accumulate: false);
                if (float.IsFinite(ProjectionLimit)) Clip(output, batch * outputs);
            }

            KeepLast(step, output, _cells + row * cells);
            hidden = output;
            cell = _cells + row * cells;
        }
    }

    protected override void Backward()
    {
        int cells = Cells, outputs = Outputs, batch = Batch, inputs = X.Columns, steps = Steps, rows = steps * batch;
        float* gates = Allocate((long)rows * 4 * cells);                                        // ∂L/∂(before σ and tanh), [T, B, 4N]
        float* hidden = Allocate((long)rows * outputs);                                         // ∂L/∂(h before clipping), [T, B, P]
        float* mixed = HasProjection ? Allocate((long)batch * cells) : null, cell = Allocate((long)batch * cells), next = Allocate((long)batch * outputs);
        new Span<float>(cell, batch * cells).Clear();
        new Span<float>(next, batch * outputs).Clear();

        for (int step = steps - 1; step >= 0; step--)
        {
            long row = (long)step * batch;
            HiddenGradient(step, Output.Gradient + row * outputs, next, Output.Data + row * outputs, hidden + row * outputs);
            if (HasProjection) MatrixMultiply.Run(Workers, Transpose.None, batch, cells, outputs, hidden + row * outputs, outputs, Input(Projection).Data, cells, mixed, cells, accumulate: false);

            LstmBackward work = new()
            {
                Step = step, Cells = cells, Limit = CellLimit, Lengths = _lengths, Gates = _gates + row * 4 * cells, After = _cells + row * cells,
                Before = step == 0 ? Input(Cell).Data : _cells + (row - batch) * cells, MixedGradient = HasProjection ? mixed : hidden + row * outputs,
                CellGradient = cell, GateGradient = gates + row * 4 * cells,
            };
            Workers.For(batch, (long)batch * cells * 8, ref work);
            if (step > 0) MatrixMultiply.Run(Workers, Transpose.None, batch, outputs, 4 * cells, gates + row * 4 * cells, 4 * cells, Input(HiddenWeight).Data, outputs, next, outputs, accumulate: false);
        }

        if (X.RequiresGradient)
        {
            float* gradient = X.GradientToWrite(out bool accumulate);
            MatrixMultiply.Run(Workers, Transpose.None, rows, inputs, 4 * cells, gates, 4 * cells, Input(InputWeight).Data, inputs, gradient, inputs, accumulate);
        }

        WeightGradient(Input(InputWeight), rows, gates, X.Data, inputs);
        if (Input(HiddenWeight).RequiresGradient)
        {
            WeightGradient(Input(HiddenWeight), batch, gates, Input(Hidden).Data, outputs);
            if (steps > 1) WeightGradient(Input(HiddenWeight), rows - batch, gates + (long)batch * 4 * cells, Output.Data, outputs);
        }

        if (HasProjection && Input(Projection).RequiresGradient)
        {
            float* gradient = Input(Projection).GradientToWrite(out bool accumulate);
            MatrixMultiply.Run(Workers, Transpose.Left, outputs, cells, rows, hidden, outputs, _mixed, cells, gradient, cells, accumulate);
        }

        if (Input(Bias).RequiresGradient)
        {
            float* gradient = Input(Bias).GradientToWrite(out bool accumulate);
            ColumnSums.Add(Workers, gates, null, rows, 4 * cells, Allocate(ColumnSums.ScratchSize(rows, 4 * cells)), gradient, accumulate);
        }
    }

    // W [outputs, inputs], to be multiplied from the right as its transpose; packed once for all steps.
    private PackedMatrix Packed(PackedMatrix? packed, TensorNode weight)
    {
        if (packed is null || packed.N != weight.Shape[0] || packed.K != weight.Shape[1]) packed = new(weight.Shape[1], weight.Shape[0]);
        packed.Pack(Workers, transposed: true, weight.Data, weight.Columns);
        return packed;
    }

    // ∂L/∂W = gᵀ·x
    private void WeightGradient(TensorNode weight, int rows, float* gates, float* values, int columns)
    {
        if (!weight.RequiresGradient) return;

        float* gradient = weight.GradientToWrite(out bool accumulate);
        MatrixMultiply.Run(Workers, Transpose.Left, 4 * Cells, columns, rows, gates, 4 * Cells, values, columns, gradient, columns, accumulate);
    }

    // The gradient of h that the output and the next step bring, where h was not clipped and the row goes so far.
    private void HiddenGradient(int step, float* fromOutput, float* fromNext, float* output, float* target)
    {
        int outputs = Outputs;
        for (int row = 0; row < Batch; row++)
        {
            for (int k = row * outputs; k < (row + 1) * outputs; k++)
                target[k] = step < _lengths[row] && (!HasProjection || MathF.Abs(output[k]) < ProjectionLimit) ? fromOutput[k] + fromNext[k] : 0;
        }
    }

    private void Clip(float* values, int count)
    {
        for (int k = 0; k < count; k++) values[k] = Math.Clamp(values[k], -ProjectionLimit, ProjectionLimit);
    }

    private void KeepLast(int step, float* output, float* cell)
    {
        int outputs = Outputs, cells = Cells;
        for (int row = 0; row < Batch; row++)
        {
            Span<float> hidden = new(output + row * outputs, outputs);
            if (step == _lengths[row] - 1)
            {
                hidden.CopyTo(OutputAt(1).Values[(row * outputs)..]);
                new Span<float>(cell + row * cells, cells).CopyTo(OutputAt(2).Values[(row * cells)..]);
            }
            else if (step >= _lengths[row])
            {
                hidden.Clear();
            }
        }
    }
}
