using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>The softmax of 64 rows of 512 values. TensorPrimitives' subtracts no maximum, which these small values allow.</summary>
public unsafe class SoftmaxLadder : SimdLadder
{
    private const int Rows = 64, Columns = 512;

    private float* _x;

    private protected override void Prepare()
    {
        _x = Uniform(Rows * Columns, -4, 4);
        Result = Zeros(Rows * Columns);
        Expected = new double[Rows * Columns];
        for (int row = 0; row < Rows; row++)
        {
            double total = 0;
            for (int i = row * Columns; i < (row + 1) * Columns; i++) total += Expected[i] = Math.Exp(_x[i]);
            for (int i = row * Columns; i < (row + 1) * Columns; i++) Expected[i] /= total;
        }
    }

    private protected override void Plain()
    {
        for (int row = 0; row < Rows; row++)
        {
            float* x = _x + row * Columns, y = Result + row * Columns;
            float most = float.NegativeInfinity, total = 0;
            for (int i = 0; i < Columns; i++) most = MathF.Max(most, x[i]);
            for (int i = 0; i < Columns; i++) total += y[i] = MathF.Exp(x[i] - most);
            for (int i = 0; i < Columns; i++) y[i] /= total;
        }
    }

    private protected override void Ours<TSimd>()
    {
        SoftmaxForward work = new() { Rows = Rows, Columns = Columns, Scale = 1, X = _x, Y = Result };
        Widths.Run<TSimd, SoftmaxForward>(ref work, Rows / SoftmaxForward.RowsPerPiece);
    }

    [Benchmark]
    public void TensorPrimitive()
    {
        for (int row = 0; row < Rows; row++) TensorPrimitives.SoftMax(new ReadOnlySpan<float>(_x + row * Columns, Columns), new Span<float>(Result + row * Columns, Columns));
    }
}

/// <summary>The normalization of 64 rows of 768 values.</summary>
public unsafe class LayerNormLadder : SimdLadder
{
    private const int Rows = 64, Columns = 768;
    private const float Epsilon = 1e-5f;

    private float* _x, _gain, _bias;

    private protected override void Prepare()
    {
        _x = Uniform(Rows * Columns, -2, 3);
        _gain = Uniform(Columns, 0, 2);
        _bias = Uniform(Columns, -1, 1);
        Result = Zeros(Rows * Columns);
        Expected = new double[Rows * Columns];
        for (int row = 0; row < Rows; row++)
        {
            double mean = 0, variance = 0;
            for (int i = 0; i < Columns; i++) mean += (double)_x[row * Columns + i] / Columns;
            for (int i = 0; i < Columns; i++) variance += (_x[row * Columns + i] - mean) * (_x[row * Columns + i] - mean) / Columns;
            for (int i = 0; i < Columns; i++) Expected[row * Columns + i] = (_x[row * Columns + i] - mean) / Math.Sqrt(variance + Epsilon) * _gain[i] + _bias[i];
        }
    }

    private protected override void Plain()
    {
        for (int row = 0; row < Rows; row++)
        {
            float* x = _x + row * Columns, y = Result + row * Columns;
            float sum = 0, squares = 0;
            for (int i = 0; i < Columns; i++) sum += x[i];
            float mean = sum / Columns;
            for (int i = 0; i < Columns; i++) squares += (x[i] - mean) * (x[i] - mean);
            float reciprocal = 1 / MathF.Sqrt(squares / Columns + Epsilon);
            for (int i = 0; i < Columns; i++) y[i] = (x[i] - mean) * reciprocal * _gain[i] + _bias[i];
        }
    }

    private protected override void Ours<TSimd>()
    {
        LayerNormForward work = new() { Rows = Rows, Columns = Columns, Epsilon = Epsilon, X = _x, Gain = _gain, Bias = _bias, Y = Result };
        Widths.Run<TSimd, LayerNormForward>(ref work, Rows / LayerNormForward.RowsPerPiece);
    }
}

/// <summary>Cross entropy of 32 rows of 8,000 logits: the running maximum and sum of each row.</summary>
public unsafe class CrossEntropyLadder : SimdLadder
{
    private const int Rows = 32, Columns = 8_000;

    private readonly LogitState[] _states = GC.AllocateArray<LogitState>(Rows, pinned: true);
    private readonly int[] _targets = GC.AllocateArray<int>(Rows, pinned: true);
    private float* _logits;

    private protected override void Prepare()
    {
        _logits = Uniform(Rows * Columns, -6, 6);
        Result = Zeros(Rows);
        Expected = new double[Rows];
        for (int row = 0; row < Rows; row++)
        {
            _targets[row] = row * 211 % Columns;
            double total = 0;
            for (int i = 0; i < Columns; i++) total += Math.Exp(_logits[row * Columns + i]);
            Expected[row] = Math.Log(total) - _logits[row * Columns + _targets[row]];
        }
    }

    private protected override void Plain()
    {
        for (int row = 0; row < Rows; row++)
        {
            float* x = _logits + row * Columns;
            float most = float.NegativeInfinity, total = 0;
            for (int i = 0; i < Columns; i++) most = MathF.Max(most, x[i]);
            for (int i = 0; i < Columns; i++) total += MathF.Exp(x[i] - most);
            Result[row] = MathF.Log(total) + most - x[_targets[row]];
        }
    }

    private protected override void Ours<TSimd>()
    {
        _states.AsSpan().Fill(LogitState.Empty);
        fixed (LogitState* states = _states)
        fixed (int* targets = _targets)
        {
            CrossEntropyForward work = new() { Rows = Rows, Columns = Columns, Stride = Columns, Logits = _logits, Targets = targets, States = states };
            Widths.Run<TSimd, CrossEntropyForward>(ref work, Rows / CrossEntropyForward.RowsPerPiece);
        }

        for (int row = 0; row < Rows; row++) Result[row] = MathF.Log(_states[row].Sum) + _states[row].Largest - _states[row].Target;
    }
}
