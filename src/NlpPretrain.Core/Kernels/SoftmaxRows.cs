using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>The softmax of scaled rows, by chunks of rows.</summary>
internal unsafe struct SoftmaxForward : ISimdPieces
{
    internal const int RowsPerPiece = 16;

    internal int Rows, Columns;
    internal float Scale;
    internal float* X, Y;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece), columns = Columns;
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            float* x = X + (long)row * columns, y = Y + (long)row * columns;
            float most = Row.Max<TSimd>(x, columns, Scale);
            int i = 0;
            for (; i <= columns - Row.Lanes; i += Row.Lanes) Functions.ExpOrZero(Scale * TSimd.Load(x + i) - most).Store(y + i);
            if (i < columns) Functions.ExpOrZero(Scale * TSimd.LoadFirst(x + i, columns - i) - most).StoreFirst(y + i, columns - i);

            TSimd total = Row.Sum<TSimd, Terms>(columns, new() { Y = y });
            for (i = 0; i <= columns - Row.Lanes; i += Row.Lanes) (TSimd.Load(y + i) / total).Store(y + i);
            if (i < columns) (TSimd.LoadFirst(y + i, columns - i) / total).StoreFirst(y + i, columns - i);
        }
    }

    private struct Terms : ITerms
    {
        internal float* Y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(Y + i, left);
    }
}

/// <summary>∂L/∂x = scale·y ⊙ (∂L/∂y − Σ ∂L/∂y ⊙ y), row by row.</summary>
internal unsafe struct SoftmaxBackward : ISimdPieces
{
    internal int Rows, Columns;
    internal float Scale;
    internal float* Y, OutputGradient, Gradient;
    internal bool Accumulate;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Rows, (piece + 1) * SoftmaxForward.RowsPerPiece);
        for (int row = piece * SoftmaxForward.RowsPerPiece; row < end; row++)
        {
            long start = (long)row * Columns;
            Products products = new() { Y = Y + start, OutputGradient = OutputGradient + start };
            float* gradient = Gradient + start;
            TSimd mean = Row.Sum<TSimd, Products>(Columns, products);
            int i = 0;
            for (; i <= Columns - Row.Lanes; i += Row.Lanes) Write(i, Row.Lanes, products, mean, gradient);
            if (i < Columns) Write(i, Columns - i, products, mean, gradient);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Write<TSimd>(int i, int left, Products products, TSimd mean, float* gradient) where TSimd : struct, ISimd<TSimd>
    {
        TSimd result = Scale * Row.Load<TSimd>(products.Y + i, left) * (Row.Load<TSimd>(products.OutputGradient + i, left) - mean);
        Row.Store(gradient + i, Accumulate ? result + Row.Load<TSimd>(gradient + i, left) : result, left);
    }

    private struct Products : ITerms
    {
        internal float* Y, OutputGradient;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd> => Row.Load<TSimd>(Y + i, left) * Row.Load<TSimd>(OutputGradient + i, left);
    }
}
