using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>What a row of logits has come to, chunk by chunk over the vocabulary.</summary>
internal struct LogitState
{
    internal const int Integers = 6;

    /// <summary>The largest logit so far, and Σ e^(logit − largest).</summary>
    internal float Largest, Sum;

    /// <summary>The target's logit, and the sum of all.</summary>
    internal float Target, Total;

    /// <summary>The first column that has the largest logit.</summary>
    internal int Prediction;

    /// <summary>1 / Sum, once all chunks were taken.</summary>
    internal float Reciprocal;

    internal static LogitState Empty => new() { Largest = float.NegativeInfinity, Prediction = -1 };
}

/// <summary>Takes a chunk of columns into the state of each row: a running maximum and sum, so that the row never exists whole.</summary>
internal unsafe struct CrossEntropyForward : IPieces
{
    internal const int RowsPerPiece = 16;

    internal int Rows, Columns, FirstColumn;
    internal long Stride;
    internal float* Logits;

    /// <summary>Is added to the logits, in place; or null.</summary>
    internal float* Bias;

    /// <summary>−1 where a row is ignored.</summary>
    internal int* Targets;

    internal LogitState* States;
    internal bool NeedsTotal;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece);
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            if (Targets[row] >= 0) Take(ref States[row], Logits + row * Stride, Targets[row] - FirstColumn);
        }
    }

    // With m′ = max(m, max x): s′ = s·e^(m − m′) + Σ e^(x − m′).
    private readonly void Take(ref LogitState state, float* x, int target)
    {
        if (Bias != null) AddBias(x);
        float largest = Row.Max(x, Columns);
        if ((uint)target < (uint)Columns) state.Target = x[target];
        if (largest > state.Largest) state.Prediction = FirstColumn + new ReadOnlySpan<float>(x, Columns).IndexOf(largest);
        largest = MathF.Max(largest, state.Largest);

        float shift = float.IsNegativeInfinity(largest) ? 0 : largest;                          // −∞ − −∞ is not a number
        float before = state.Sum == 0 ? 0 : state.Sum * Functions.ExpOrZero(Vector512.Create(state.Largest - shift)).ToScalar();
        state.Sum = before + Row.Sum(Columns, new Exponentials { X = x, Shift = shift });
        state.Largest = largest;
        if (NeedsTotal) state.Total += Row.Sum(Columns, new Values { X = x });
    }

    private readonly void AddBias(float* x)
    {
        for (int i = 0; i < Columns; i += Row.Lanes)
        {
            int left = Columns - i;
            Row.Store(x + i, Row.Load(x + i, left) + Row.Load(Bias + i, left), left);
        }
    }

    private struct Values : IRowTerms
    {
        internal float* X;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left) => Row.Load(X + i, left);
    }

    private struct Exponentials : IRowTerms
    {
        internal float* X;
        internal float Shift;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left) => Functions.ExpOrZero(Row.Load(X + i, left) - Vector512.Create(Shift));
    }
}

/// <summary>∂L/∂logits of a chunk of columns: scale·(p − q), with p = e^(logit − largest) / sum and q the smoothed target.</summary>
internal unsafe struct CrossEntropyBackward : IPieces
{
    internal int Rows, Columns, FirstColumn;
    internal long Stride;

    /// <summary>Where Gradient is null, the gradient takes the place of the logits.</summary>
    internal float* Logits, Gradient;

    /// <summary>Is still to be added to the logits; or null.</summary>
    internal float* Bias;

    internal int* Targets;
    internal LogitState* States;

    /// <summary>∂L/∂loss over the number of targets; q is Smooth everywhere and Sharp more at the target.</summary>
    internal float Scale, Smooth, Sharp;

    internal bool Accumulate;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * CrossEntropyForward.RowsPerPiece);
        for (int row = piece * CrossEntropyForward.RowsPerPiece; row < end; row++)
        {
            float* x = Logits + row * Stride, gradient = Gradient == null ? x : Gradient + row * Stride;
            if (Targets[row] >= 0) Write(x, gradient, Targets[row] - FirstColumn, States[row]);
            else if (!Accumulate) new Span<float>(gradient, Columns).Clear();
        }
    }

    private readonly void Write(float* x, float* gradient, int target, in LogitState state)
    {
        Vector512<float> largest = Vector512.Create(state.Largest), smooth = Vector512.Create(-Smooth);
        for (int i = 0; i < Columns; i += Row.Lanes)
        {
            int left = Columns - i;
            Vector512<float> logits = Row.Load(x + i, left);
            if (Bias != null) logits += Row.Load(Bias + i, left);
            Vector512<float> result = Scale * Vector512.FusedMultiplyAdd(Functions.ExpOrZero(logits - largest), Vector512.Create(state.Reciprocal), smooth);
            Row.Store(gradient + i, Accumulate ? result + Row.Load(gradient + i, left) : result, left);
        }

        if ((uint)target < (uint)Columns) gradient[target] -= Scale * Sharp;
    }
}
