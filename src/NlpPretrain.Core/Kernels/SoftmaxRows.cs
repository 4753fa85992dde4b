using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>The softmax of scaled rows, by chunks of rows.</summary>
internal unsafe struct SoftmaxForward : IPieces
{
    internal const int RowsPerPiece = 16;

    internal int Rows, Columns;
    internal float Scale;
    internal float* X, Y;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece);
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            float* x = X + (long)row * Columns, y = Y + (long)row * Columns;
            float most = Row.Max(x, Columns, Scale);
            float total = Row.Sum(Columns, new Exponentials { X = x, Y = y, Scale = Scale, Most = most });
            for (int i = 0; i < Columns; i += Row.Lanes)
            {
                int left = Columns - i;
                Row.Store(y + i, Row.Load(y + i, left) / total, left);
            }
        }
    }

    /// <summary>Keeps each exponential as it is added.</summary>
    private struct Exponentials : IRowTerms
    {
        internal float* X, Y;
        internal float Scale, Most;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left)
        {
            Vector512<float> value = Functions.ExpOrZero(Scale * Row.Load(X + i, left) - Vector512.Create(Most));
            Row.Store(Y + i, value, left);
            return value;
        }
    }
}

/// <summary>∂L/∂x = scale·y ⊙ (∂L/∂y − Σ ∂L/∂y ⊙ y), row by row.</summary>
internal unsafe struct SoftmaxBackward : IPieces
{
    internal int Rows, Columns;
    internal float Scale;
    internal float* Y, OutputGradient, Gradient;
    internal bool Accumulate;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * SoftmaxForward.RowsPerPiece);
        for (int row = piece * SoftmaxForward.RowsPerPiece; row < end; row++)
        {
            long start = (long)row * Columns;
            Products products = new() { Y = Y + start, OutputGradient = OutputGradient + start };
            Vector512<float> mean = Vector512.Create(Row.Sum(Columns, products));
            for (int i = 0; i < Columns; i += Row.Lanes)
            {
                int left = Columns - i;
                Vector512<float> result = Scale * Row.Load(products.Y + i, left) * (Row.Load(products.OutputGradient + i, left) - mean);
                float* gradient = Gradient + start + i;
                Row.Store(gradient, Accumulate ? result + Row.Load(gradient, left) : result, left);
            }
        }
    }

    private struct Products : IRowTerms
    {
        internal float* Y, OutputGradient;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> At(int i, int left) => Row.Load(Y + i, left) * Row.Load(OutputGradient + i, left);
    }
}
