using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>The normalization of rows, by chunks of <see cref="RowsPerPiece"/>.</summary>
internal unsafe struct LayerNormForward : ISimdPieces
{
    internal const int RowsPerPiece = 32;

    internal int Rows, Columns;
    internal float Epsilon;
    internal float* X, Gain, Bias, Y;

    /// <summary>Mean and 1/σ of each row, [N, 2], or null where no backward comes.</summary>
    internal float* Moments;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece), columns = Columns;
        float* gain = Gain, bias = Bias;
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            float* x = X + (long)row * columns, y = Y + (long)row * columns;
            float mean = Row.Sum<TSimd, Terms>(columns, new() { X = x }) / columns;
            float variance = Row.Sum<TSimd, SquaredDifferences>(columns, new() { X = x, Mean = mean }) / columns;
            float reciprocal = 1 / MathF.Sqrt(variance + Epsilon);
            if (Moments != null) (Moments[2 * row], Moments[2 * row + 1]) = (mean, reciprocal);

            int i = 0;
            TSimd m = mean, r = reciprocal;
            for (; i <= columns - Row.Lanes; i += Row.Lanes) TSimd.MultiplyAdd((TSimd.Load(x + i) - m) * r, TSimd.Load(gain + i), TSimd.Load(bias + i)).Store(y + i);
            if (i == columns) continue;

            int left = columns - i;
            TSimd normal = (TSimd.LoadFirst(x + i, left) - m) * r;
            TSimd.MultiplyAdd(normal, TSimd.LoadFirst(gain + i, left), TSimd.LoadFirst(bias + i, left)).StoreFirst(y + i, left);
        }
    }

    private struct Terms : ITerms
    {
        internal float* X;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(X + i, left);
    }

    private struct SquaredDifferences : ITerms
    {
        internal float* X;
        internal float Mean;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd>
        {
            TSimd difference = Row.Load<TSimd>(X + i, left) - Mean;
            return difference * difference;
        }
    }
}

/// <summary>The backward of rows, and the sums for gain and bias over each chunk of rows.</summary>
internal unsafe struct LayerNormBackward : ISimdPieces
{
    internal int Rows, Columns;
    internal float* X, Gain, Moments, OutputGradient;

    /// <summary>∂L/∂x, or null where it is not wanted.</summary>
    internal float* Gradient;

    internal bool Accumulate;

    /// <summary>Σ ∂y ⊙ n, then Σ ∂y, for each chunk: [chunks, 2, C]; or null.</summary>
    internal float* Partial;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        float* partial = Partial == null ? null : Partial + 2L * piece * Columns;
        if (partial != null) new Span<float>(partial, 2 * Columns).Clear();

        int end = Math.Min(Rows, (piece + 1) * LayerNormForward.RowsPerPiece);
        for (int row = piece * LayerNormForward.RowsPerPiece; row < end; row++)
        {
            long start = (long)row * Columns;
            Terms terms = new() { X = X + start, OutputGradient = OutputGradient + start, Gain = Gain, Mean = Moments[2 * row], Reciprocal = Moments[2 * row + 1] };
            if (Gradient != null) WriteRow<TSimd>(terms, Gradient + start);
            if (partial != null) AddGainAndBias<TSimd>(terms, partial, partial + Columns);
        }
    }

    // With d = γ ⊙ ∂L/∂y: ∂L/∂x = r·(d − mean(d) − n·mean(d ⊙ n)).
    private readonly void WriteRow<TSimd>(Terms terms, float* gradient) where TSimd : struct, ISimd<TSimd>
    {
        int columns = Columns, i = 0;
        TSimd mean = Row.Sum<TSimd, Terms>(columns, terms) / columns, meanOfNormal = Row.Sum<TSimd, NormalTerms>(columns, new() { Terms = terms }) / columns;
        if (Accumulate)
        {
            for (; i <= columns - Row.Lanes; i += Row.Lanes) (Value(i, Row.Lanes) + TSimd.Load(gradient + i)).Store(gradient + i);
            if (i < columns) (Value(i, columns - i) + TSimd.LoadFirst(gradient + i, columns - i)).StoreFirst(gradient + i, columns - i);
        }
        else
        {
            for (; i <= columns - Row.Lanes; i += Row.Lanes) Value(i, Row.Lanes).Store(gradient + i);
            if (i < columns) Value(i, columns - i).StoreFirst(gradient + i, columns - i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TSimd Value(int i, int left) => TSimd.MultiplyAdd(terms.Normal<TSimd>(i, left), -meanOfNormal, terms.At<TSimd>(i, left) - mean) * terms.Reciprocal;
    }

    private readonly void AddGainAndBias<TSimd>(Terms terms, float* gain, float* bias) where TSimd : struct, ISimd<TSimd>
    {
        int columns = Columns, i = 0;
        for (; i <= columns - Row.Lanes; i += Row.Lanes) Add(i, Row.Lanes);
        if (i < columns) Add(i, columns - i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Add(int i, int left)
        {
            TSimd gradient = Row.Load<TSimd>(terms.OutputGradient + i, left);
            Row.Store(gain + i, TSimd.MultiplyAdd(gradient, terms.Normal<TSimd>(i, left), Row.Load<TSimd>(gain + i, left)), left);
            Row.Store(bias + i, gradient + Row.Load<TSimd>(bias + i, left), left);
        }
    }

    /// <summary>d, and the normalized values n.</summary>
    private struct Terms : ITerms
    {
        internal float* X, OutputGradient, Gain;
        internal float Mean, Reciprocal;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(OutputGradient + i, left) * Row.Load<TSimd>(Gain + i, left);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly TSimd Normal<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => (Row.Load<TSimd>(X + i, left) - Mean) * Reciprocal;
    }

    private struct NormalTerms : ITerms
    {
        internal Terms Terms;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Terms.At<TSimd>(i, left) * Terms.Normal<TSimd>(i, left);
    }
}
