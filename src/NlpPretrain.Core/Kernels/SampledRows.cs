using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>Begins the state of each row with its true word: w·h + b − log Q.</summary>
internal unsafe struct TrueLogits : IPieces
{
    internal const int RowsPerPiece = 16;

    internal int Rows, Columns;
    internal int* Targets;
    internal float* Hidden, Weight, Bias;

    /// <summary>log Q of each row's target.</summary>
    internal float* LogCounts;

    internal LogitState* States;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece);
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            int target = Targets[row];
            float logit = Row.Sum(Columns, new Products { X = Hidden + (long)row * Columns, Y = Weight + (long)target * Columns });
            logit += (Bias == null ? 0 : Bias[target]) - LogCounts[row];
            States[row] = LogitState.Empty with { Largest = logit, Sum = 1, Target = logit };
        }
    }

    private struct Products : IRowTerms
    {
        internal float* X, Y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left) => Row.Load(X + i, left) * Row.Load(Y + i, left);
    }
}

/// <summary>The gradients that come through the true word of each row: ∂L/∂logit = scale·(p − 1), times w for h, and times h for w.</summary>
internal unsafe struct TrueLogitGradients : IPieces
{
    internal int Rows, Columns;
    internal float Scale;
    internal int* Targets;
    internal float* Hidden, Weight;
    internal LogitState* States;

    /// <summary>Is added to, [M, C]; or null.</summary>
    internal float* HiddenGradient;

    /// <summary>Are written: for w [M, C], and for b [M].</summary>
    internal float* WeightGradient, BiasGradient;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * TrueLogits.RowsPerPiece);
        for (int row = piece * TrueLogits.RowsPerPiece; row < end; row++)
        {
            ref LogitState state = ref States[row];
            float probability = Functions.ExpOrZero(Vector512.Create(state.Target - state.Largest)).ToScalar() * state.Reciprocal;
            float gradient = BiasGradient[row] = Scale * (probability - 1);
            float* hidden = Hidden + (long)row * Columns, weight = Weight + (long)Targets[row] * Columns;
            for (int i = 0; i < Columns; i += Row.Lanes)
            {
                int left = Columns - i;
                float* hiddenGradient = HiddenGradient + (long)row * Columns + i;
                if (HiddenGradient != null)
                    Row.Store(hiddenGradient, Vector512.FusedMultiplyAdd(Row.Load(weight + i, left), Vector512.Create(gradient), Row.Load(hiddenGradient, left)), left);
                if (WeightGradient != null) Row.Store(WeightGradient + (long)row * Columns + i, Row.Load(hidden + i, left) * gradient, left);
            }
        }
    }
}
