using System.Runtime.CompilerServices;

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
internal unsafe struct CrossEntropyForward : ISimdPieces
{
    internal const int RowsPerPiece = 16;

    internal int Rows, Columns, FirstColumn;
    internal long Stride;
    internal float* Logits;

    /// <summary>−1 where a row is ignored.</summary>
    internal int* Targets;

    internal LogitState* States;
    internal bool NeedsTotal;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece);
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            if (Targets[row] >= 0) Take<TSimd>(ref States[row], Logits + row * Stride, Targets[row] - FirstColumn);
        }
    }

    // With m′ = max(m, max x): s′ = s·e^(m − m′) + Σ e^(x − m′).
    private readonly void Take<TSimd>(ref LogitState state, float* x, int target) where TSimd : struct, ISimd<TSimd>
    {
        float largest = Row.Max<TSimd>(x, Columns);
        if ((uint)target < (uint)Columns) state.Target = x[target];
        if (largest > state.Largest) state.Prediction = FirstColumn + new ReadOnlySpan<float>(x, Columns).IndexOf(largest);
        largest = MathF.Max(largest, state.Largest);

        float shift = float.IsNegativeInfinity(largest) ? 0 : largest;                          // −∞ − −∞ is not a number
        float before = state.Sum == 0 ? 0 : state.Sum * TSimd.First(Functions.ExpOrZero(TSimd.Create(state.Largest - shift)));
        state.Sum = before + Row.SumOfFunction<TSimd, Exponentials>(Columns, new() { X = x, Shift = shift });
        state.Largest = largest;
        if (NeedsTotal) state.Total += Row.Sum<TSimd, Values>(Columns, new() { X = x });
    }

    private struct Values : ITerms
    {
        internal float* X;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(X + i, left);
    }

    private struct Exponentials : ITerms
    {
        internal float* X;
        internal float Shift;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Functions.ExpOrZero(Row.Load<TSimd>(X + i, left) - Shift);
    }
}

/// <summary>∂L/∂logits of a chunk of columns: scale·(p − q), with p = e^(logit − largest) / sum and q the smoothed target.</summary>
internal unsafe struct CrossEntropyBackward : ISimdPieces
{
    internal int Rows, Columns, FirstColumn;
    internal long Stride;

    /// <summary>Where Gradient is null, the gradient takes the place of the logits.</summary>
    internal float* Logits, Gradient;

    internal int* Targets;
    internal LogitState* States;

    /// <summary>∂L/∂loss over the number of targets; q is Smooth everywhere and Sharp more at the target.</summary>
    internal float Scale, Smooth, Sharp;

    internal bool Accumulate;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Rows, (piece + 1) * CrossEntropyForward.RowsPerPiece);
        for (int row = piece * CrossEntropyForward.RowsPerPiece; row < end; row++)
        {
            float* x = Logits + row * Stride, gradient = Gradient == null ? x : Gradient + row * Stride;
            if (Targets[row] >= 0) Write<TSimd>(x, gradient, Targets[row] - FirstColumn, States[row]);
            else if (!Accumulate) new Span<float>(gradient, Columns).Clear();
        }
    }

    private readonly void Write<TSimd>(float* x, float* gradient, int target, in LogitState state) where TSimd : struct, ISimd<TSimd>
    {
        TSimd largest = state.Largest, smooth = -Smooth;
        for (int i = 0; i < Columns; i += Row.Lanes)
        {
            int left = Columns - i;
            TSimd logits = Row.Load<TSimd>(x + i, left);
            TSimd result = Scale * TSimd.MultiplyAdd(Functions.ExpOrZero(logits - largest), state.Reciprocal, smooth);
            Row.Store(gradient + i, Accumulate ? result + Row.Load<TSimd>(gradient + i, left) : result, left);
        }

        if ((uint)target < (uint)Columns) gradient[target] -= Scale * Sharp;
    }
}
