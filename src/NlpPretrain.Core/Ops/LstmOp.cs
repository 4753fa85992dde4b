using System.Numerics.Tensors;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

internal sealed unsafe class LstmOp : Op
{
    private const int Inputs = 0, InputWeight = 1, HiddenWeight = 2, Bias = 3, Hidden = 4, Cell = 5, Projection = 6;

    private readonly PackedMatrix?[] _packed = new PackedMatrix?[4];
    private int* _lengths;
    private bool _isPadded;
    private float* _gates, _cells, _mixed;

    internal float CellLimit { get; set; }

    internal float ProjectionLimit { get; set; }

    private int Steps => X.Shape[0];

    private int Batch => X.Shape[1];

    private int Cells => Input(Cell).Columns;

    private int Outputs => Output.Columns;

    private bool HasProjection => InputCount > Projection;

    private float HiddenLimit => HasProjection ? ProjectionLimit : float.PositiveInfinity;

    internal void Keep(ReadOnlySpan<int> lengths, int batch, int steps)
    {
        _lengths = AllocateIntegers(batch);
        _isPadded = false;
        for (int row = 0; row < batch; row++)
        {
            _lengths[row] = lengths.IsEmpty ? steps : lengths[row];
            _isPadded |= _lengths[row] < steps;
        }
    }

    protected override void CreateOutputs()
    {
        AddConstant(Input(Hidden).Shape);
        AddConstant(Input(Cell).Shape);
    }

    protected override void Forward()
    {
        int cells = Cells, outputs = Outputs, batch = Batch, inputs = X.Columns, steps = Steps, rows = steps * batch;
        _gates = Allocate((long)rows * 4 * cells);                                              // [T, B, 4N]: i, f, g, o
        _cells = Allocate((long)rows * cells);                                                  // [T, B, N]: c
        _mixed = HasProjection ? Allocate((long)rows * cells) : Output.Data;                    // [T, B, N]: m
        PackedMatrix recurrent = Packed(0, Input(HiddenWeight), transposed: true);
        PackedMatrix? projection = HasProjection ? Packed(1, Input(Projection), transposed: true) : null;

        // Every step's b + W_x·x at once; the products with h′ go on from there.
        MatrixMultiply.Run(Workers, Transpose.Right, rows, 4 * cells, inputs, X.Data, inputs, Input(InputWeight).Data, inputs, _gates, 4 * cells, false, Input(Bias).Data);

        float* hidden = Input(Hidden).Data, cell = Input(Cell).Data;
        for (int step = 0; step < steps; step++)
        {
            long row = (long)step * batch;
            float* output = Output.Data + row * outputs;
            MatrixMultiply.Run(Workers, batch, hidden, outputs, recurrent, _gates + row * 4 * cells, 4 * cells, accumulate: true);
            LstmForward work = new()
            {
                Step = step, Cells = cells, Limit = CellLimit, Lengths = _lengths, Gates = _gates + row * 4 * cells, Before = cell, After = _cells + row * cells,
                Mixed = _mixed + row * cells,
            };
            Workers.For(batch, (long)batch * cells * 8, ref work);
            if (projection is not null) MatrixMultiply.Run(Workers, batch, _mixed + row * cells, cells, projection, output, outputs, accumulate: false);

            LstmStates states = new()
            {
                Step = step, Cells = cells, Outputs = outputs, Limit = HiddenLimit, Lengths = _lengths, Hidden = output, Cell = _cells + row * cells,
                LastHidden = OutputAt(1).Data, LastCell = OutputAt(2).Data,
            };
            Workers.For(batch, (long)batch * outputs, ref states);
            hidden = output;
            cell = _cells + row * cells;
        }
    }

    protected override void Backward()
    {
        int cells = Cells, outputs = Outputs, batch = Batch, steps = Steps, rows = steps * batch;
        float* gates = _gates;                                                                  // becomes ∂L/∂(before σ and tanh), [T, B, 4N]
        float* hidden = Allocate((long)rows * outputs);                                         // ∂L/∂(h before clipping), [T, B, P]
        float* mixed = HasProjection ? Allocate((long)batch * cells) : null, cell = Allocate((long)batch * cells), next = Allocate((long)batch * outputs);
        new Span<float>(cell, batch * cells).Clear();
        PackedMatrix recurrent = Packed(2, Input(HiddenWeight), transposed: false);
        PackedMatrix? projection = HasProjection ? Packed(3, Input(Projection), transposed: false) : null;

        for (int step = steps - 1; step >= 0; step--)
        {
            long row = (long)step * batch;
            LstmStatesBackward states = new()
            {
                Step = step, Outputs = outputs, Limit = NotClipping(HiddenLimit), Lengths = _lengths, Hidden = Output.Data + row * outputs,
                OutputGradient = Output.Gradient + row * outputs, NextGradient = next, Target = hidden + row * outputs,
            };
            Workers.For(batch, (long)batch * outputs, ref states);
            if (projection is not null) MatrixMultiply.Run(Workers, batch, hidden + row * outputs, outputs, projection, mixed, cells, accumulate: false);

            LstmBackward work = new()
            {
                Step = step, Cells = cells, Limit = NotClipping(CellLimit), Lengths = _lengths, Gates = gates + row * 4 * cells, After = _cells + row * cells,
                Before = step == 0 ? Input(Cell).Data : _cells + (row - batch) * cells, MixedGradient = projection is null ? hidden + row * outputs : mixed,
                CellGradient = cell, GateGradient = gates + row * 4 * cells,
            };
            Workers.For(batch, (long)batch * cells * 8, ref work);
            if (step > 0) MatrixMultiply.Run(Workers, batch, gates + row * 4 * cells, 4 * cells, recurrent, next, outputs, accumulate: false);
        }

        if (Input(Hidden).RequiresGradient)
        {
            float* gradient = Input(Hidden).GradientToWrite(out bool accumulate);
            MatrixMultiply.Run(Workers, batch, gates, 4 * cells, recurrent, gradient, outputs, accumulate);
        }

        if (Input(Cell).RequiresGradient)
        {
            Span<float> gradient = Input(Cell).GradientValues;
            TensorPrimitives.Add(gradient, new ReadOnlySpan<float>(cell, batch * cells), gradient);
        }

        InputGradients(rows);
        WeightGradient(Input(HiddenWeight), batch, gates, Input(Hidden).Data, outputs);
        if (steps > 1) WeightGradient(Input(HiddenWeight), rows - batch, gates + (long)batch * 4 * cells, Output.Data, outputs);

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

    // No value is at NaN or above: without a limit, an infinite one was not clipped either.
    private static float NotClipping(float limit) => float.IsFinite(limit) ? limit : float.NaN;

    // A weight W [outputs, inputs] to be multiplied from the right, packed once for all steps.
    private PackedMatrix Packed(int index, TensorNode weight, bool transposed)
    {
        (int rows, int columns) = (weight.Shape[0], weight.Shape[1]);
        (int k, int n) = transposed ? (columns, rows) : (rows, columns);
        PackedMatrix packed = _packed[index] is { } there && there.K == k && there.N == n ? there : _packed[index] = new(k, n);
        packed.Pack(Workers, transposed, weight.Data, columns);
        return packed;
    }

    // ∂L/∂W_x and ∂L/∂x. Steps behind a row's length are left out, as x may be anything there.
    private void InputGradients(int rows)
    {
        int inputs = X.Columns, gateColumns = 4 * Cells;
        if (!_isPadded)
        {
            WeightGradient(Input(InputWeight), rows, _gates, X.Data, inputs);
            if (!X.RequiresGradient) return;
            float* target = X.GradientToWrite(out bool accumulate);
            MatrixMultiply.Run(Workers, Transpose.None, rows, inputs, gateColumns, _gates, gateColumns, Input(InputWeight).Data, inputs, target, inputs, accumulate);
            return;
        }

        int* places = AllocateIntegers(rows);
        int count = 0;
        for (int row = 0; row < rows; row++) places[row] = row / Batch < _lengths[row % Batch] ? count++ : -1;
        float* gates = Pick(_gates, gateColumns);
        WeightGradient(Input(InputWeight), count, gates, Pick(X.Data, inputs), inputs);
        if (X.RequiresGradient)
        {
            float* picked = Allocate((long)count * inputs);
            MatrixMultiply.Run(Workers, Transpose.None, count, inputs, gateColumns, gates, gateColumns, Input(InputWeight).Data, inputs, picked, inputs, accumulate: false);
            ReturnRows work = new() { Rows = rows, Columns = inputs, Places = places, Picked = picked, Gradient = X.GradientToWrite(out bool accumulate), Accumulate = accumulate };
            Workers.For(Pieces.Count(rows, PickRows.RowsPerPiece), (long)rows * inputs, ref work);
        }

        float* Pick(float* from, int columns)
        {
            PickRows work = new() { Rows = rows, Columns = columns, Places = places, X = from, Picked = Allocate((long)count * columns) };
            Workers.For(Pieces.Count(rows, PickRows.RowsPerPiece), (long)rows * columns, ref work);
            return work.Picked;
        }
    }

    // ∂L/∂W = gᵀ·x
    private void WeightGradient(TensorNode weight, int rows, float* gates, float* values, int columns)
    {
        if (!weight.RequiresGradient) return;

        float* gradient = weight.GradientToWrite(out bool accumulate);
        MatrixMultiply.Run(Workers, Transpose.Left, 4 * Cells, columns, rows, gates, 4 * Cells, values, columns, gradient, columns, accumulate);
    }
}
