using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>The normalization of rows, by chunks of <see cref="RowsPerPiece"/>.</summary>
internal unsafe struct LayerNormForward : IPieces
{
    internal const int RowsPerPiece = 32;

    internal int Rows, Columns;
    internal float Epsilon;
    internal float* X, Gain, Bias, Y;

    /// <summary>Mean and 1/σ of each row, [N, 2], or null where no backward comes.</summary>
    internal float* Moments;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece);
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            float* x = X + (long)row * Columns, y = Y + (long)row * Columns;
            float mean = Row.Sum(Columns, new Values { X = x }) / Columns;
            float variance = Row.Sum(Columns, new SquaredDifferences { X = x, Mean = mean }) / Columns;
            float reciprocal = 1 / MathF.Sqrt(variance + Epsilon);
            if (Moments != null) (Moments[2 * row], Moments[2 * row + 1]) = (mean, reciprocal);
            for (int i = 0; i < Columns; i += Row.Lanes)
            {
                int left = Columns - i;
                Vector512<float> normal = (Row.Load(x + i, left) - Vector512.Create(mean)) * reciprocal;
                Row.Store(y + i, Vector512.FusedMultiplyAdd(normal, Row.Load(Gain + i, left), Row.Load(Bias + i, left)), left);
            }
        }
    }

    private struct Values : IRowTerms
    {
        internal float* X;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left) => Row.Load(X + i, left);
    }

    private struct SquaredDifferences : IRowTerms
    {
        internal float* X;
        internal float Mean;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left)
        {
            Vector512<float> difference = Row.Load(X + i, left) - Vector512.Create(Mean);
            return difference * difference;
        }
    }
}

/// <summary>The backward of rows, and the sums for gain and bias over each chunk of rows.</summary>
internal unsafe struct LayerNormBackward : IPieces
{
    internal int Rows, Columns;
    internal float* X, Gain, Moments, OutputGradient;

    /// <summary>∂L/∂x, or null where it is not wanted.</summary>
    internal float* Gradient;

    internal bool Accumulate;

    /// <summary>Σ ∂y ⊙ n, then Σ ∂y, for each chunk: [chunks, 2, C]; or null.</summary>
    internal float* Partial;

    public readonly void Run(int piece)
    {
        float* partial = Partial == null ? null : Partial + 2L * piece * Columns;
        if (partial != null) new Span<float>(partial, 2 * Columns).Clear();

        int end = Math.Min(Rows, (piece + 1) * LayerNormForward.RowsPerPiece);
        for (int row = piece * LayerNormForward.RowsPerPiece; row < end; row++)
        {
            long start = (long)row * Columns;
            Terms terms = new() { X = X + start, OutputGradient = OutputGradient + start, Gain = Gain, Mean = Moments[2 * row], Reciprocal = Moments[2 * row + 1] };
            if (Gradient != null) AddRow(terms, Gradient + start);
            if (partial != null) AddGainAndBias(terms, partial);
        }
    }

    // With d = γ ⊙ ∂L/∂y: ∂L/∂x = r·(d − mean(d) − n·mean(d ⊙ n)).
    private readonly void AddRow(Terms terms, float* gradient)
    {
        float mean = Row.Sum(Columns, terms) / Columns;
        float meanOfNormal = Row.Sum(Columns, new NormalTerms { Terms = terms }) / Columns;
        for (int i = 0; i < Columns; i += Row.Lanes)
        {
            int left = Columns - i;
            Vector512<float> centered = terms.At(i, left) - Vector512.Create(mean);
            Vector512<float> result = Vector512.FusedMultiplyAdd(terms.Normal(i, left), Vector512.Create(-meanOfNormal), centered) * terms.Reciprocal;
            Row.Store(gradient + i, Accumulate ? result + Row.Load(gradient + i, left) : result, left);
        }
    }

    private readonly void AddGainAndBias(Terms terms, float* partial)
    {
        float* gain = partial, bias = partial + Columns;
        for (int i = 0; i < Columns; i += Row.Lanes)
        {
            int left = Columns - i;
            Vector512<float> gradient = Row.Load(terms.OutputGradient + i, left);
            Row.Store(gain + i, Vector512.FusedMultiplyAdd(gradient, terms.Normal(i, left), Row.Load(gain + i, left)), left);
            Row.Store(bias + i, gradient + Row.Load(bias + i, left), left);
        }
    }

    /// <summary>d, and the normalized values n.</summary>
    private struct Terms : IRowTerms
    {
        internal float* X, OutputGradient, Gain;
        internal float Mean, Reciprocal;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left) => Row.Load(OutputGradient + i, left) * Row.Load(Gain + i, left);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly Vector512<float> Normal(int i, int left) => (Row.Load(X + i, left) - Vector512.Create(Mean)) * Reciprocal;
    }

    private struct NormalTerms : IRowTerms
    {
        internal Terms Terms;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left) => Terms.At(i, left) * Terms.Normal(i, left);
    }
}
