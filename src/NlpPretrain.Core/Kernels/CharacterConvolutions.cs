using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>For one word and every filter, the largest sum over the positions, with its bias, and where it is.</summary>
internal unsafe struct MaximumOverTime : ISimdPieces
{
    internal int Positions, Filters;
    internal float* Sums, Bias, Target;
    internal int* Best;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        float* sums = Sums + (long)piece * Positions * Filters, target = Target + (long)piece * Filters;
        ColumnMaximum.Run<TSimd>(sums, Positions, Filters, target, Best + (long)piece * Filters);
        Span<float> most = new(target, Filters);
        TensorPrimitives.Add(most, new ReadOnlySpan<float>(Bias, Filters), most);
    }
}

/// <summary>∂L/∂x of one word: every filter's weights at its best position.</summary>
internal unsafe struct ConvolutionToInput : IPieces
{
    internal int Filters, Window, Depth, WordSize;
    internal int* Best;
    internal float* Gradient, Weights, Target;

    public readonly void Run(int piece)
    {
        for (int filter = 0; filter < Filters; filter++)
        {
            long at = (long)piece * Filters + filter;
            Span<float> target = new(Target + (long)piece * WordSize + (long)Best[at] * Depth, Window);
            TensorPrimitives.FusedMultiplyAdd(new ReadOnlySpan<float>(Weights + (long)filter * Window, Window), Gradient[at], target, target);
        }
    }
}

/// <summary>∂L/∂W of one filter: every word's characters at the filter's best position, word after word.</summary>
internal unsafe struct ConvolutionToFilters : IPieces
{
    internal int Words, Filters, Window, Depth, WordSize;
    internal int* Best;
    internal float* Gradient, X, Target;

    public readonly void Run(int piece)
    {
        Span<float> target = new(Target + (long)piece * Window, Window);
        target.Clear();
        for (int word = 0; word < Words; word++)
        {
            long at = (long)word * Filters + piece;
            TensorPrimitives.FusedMultiplyAdd(new ReadOnlySpan<float>(X + (long)word * WordSize + (long)Best[at] * Depth, Window), Gradient[at], target, target);
        }
    }
}

/// <summary>The transpose of a small matrix.</summary>
internal static unsafe class Turn
{
    internal static void Run(float* source, int rows, int columns, float* target, bool accumulate)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                ref float value = ref target[(long)column * rows + row];
                value = accumulate ? value + source[(long)row * columns + column] : source[(long)row * columns + column];
            }
        }
    }
}
