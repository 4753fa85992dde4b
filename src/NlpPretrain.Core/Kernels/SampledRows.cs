using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>Begins the state of each row with its true word: w·h + b − log Q.</summary>
internal unsafe struct TrueLogits : ISimdPieces
{
    internal const int RowsPerPiece = 16;

    internal int Rows, Columns;
    internal int* Targets;
    internal float* Hidden, Weight, Bias;

    /// <summary>log Q of each row's target.</summary>
    internal float* LogCounts;

    internal LogitState* States;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece);
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            int target = Targets[row];
            float logit = Row.Sum<TSimd, Products>(Columns, new() { X = Hidden + (long)row * Columns, Y = Weight + (long)target * Columns });
            logit += (Bias == null ? 0 : Bias[target]) - LogCounts[row];
            States[row] = LogitState.Empty with { Largest = logit, Sum = 1, Target = logit };
        }
    }

    private struct Products : ITerms
    {
        internal float* X, Y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(X + i, left) * Row.Load<TSimd>(Y + i, left);
    }
}

/// <summary>The gradients that come through the true word of each row: ∂L/∂logit = scale·(p − 1), times w for h, and times h for w.</summary>
internal unsafe struct TrueLogitGradients : ISimdPieces
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

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Rows, (piece + 1) * TrueLogits.RowsPerPiece);
        for (int row = piece * TrueLogits.RowsPerPiece; row < end; row++)
        {
            ref LogitState state = ref States[row];
            float probability = TSimd.First(Functions.ExpOrZero(TSimd.Create(state.Target - state.Largest))) * state.Reciprocal;
            float gradient = BiasGradient[row] = Scale * (probability - 1);
            float* hidden = Hidden + (long)row * Columns, weight = Weight + (long)Targets[row] * Columns;
            for (int i = 0; i < Columns; i += Row.Lanes)
            {
                int left = Columns - i;
                float* hiddenGradient = HiddenGradient + (long)row * Columns + i;
                if (HiddenGradient != null)
                    Row.Store(hiddenGradient, TSimd.MultiplyAdd(Row.Load<TSimd>(weight + i, left), gradient, Row.Load<TSimd>(hiddenGradient, left)), left);
                if (WeightGradient != null) Row.Store(WeightGradient + (long)row * Columns + i, Row.Load<TSimd>(hidden + i, left) * gradient, left);
            }
        }
    }
}
