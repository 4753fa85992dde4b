using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>An exact function of two values, element by element over spans: one IEEE operation each, so no width or order changes its bits.</summary>
internal interface ISpanPair
{
    static abstract void Invoke(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target);
}

/// <summary>A function of x and y into a target; y is as long as x, or a row that meets every row of x.</summary>
internal unsafe struct RowPairs<TPair> : IPieces where TPair : struct, ISpanPair
{
    private float* _x, _y, _target;
    private int _size, _columns, _pieceSize;

    internal static void Run(Workers workers, float* x, int size, float* y, int columns, float* target)
    {
        int pieceSize = size == columns ? Pieces.Elements : Pieces.RowsOf(columns) * columns;
        RowPairs<TPair> work = new() { _x = x, _y = y, _target = target, _size = size, _columns = columns, _pieceSize = pieceSize };
        workers.For(Pieces.Count(size, pieceSize), ref work);
    }

    public readonly void Run(int piece)
    {
        int start = piece * _pieceSize, end = start + Math.Min(_pieceSize, _size - start);
        for (int length; start < end; start += length)
        {
            int column = start % _columns;
            length = Math.Min(_columns - column, end - start);
            TPair.Invoke(new(_x + start, length), new(_y + column, length), new(_target + start, length));
        }
    }
}

/// <summary>x + y</summary>
internal readonly struct Sum : ISpanPair
{
    public static void Invoke(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target) => TensorPrimitives.Add(x, y, target);
}

/// <summary>x − y</summary>
internal readonly struct Difference : ISpanPair
{
    public static void Invoke(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target) => TensorPrimitives.Subtract(x, y, target);
}

/// <summary>x·y</summary>
internal readonly struct Product : ISpanPair
{
    public static void Invoke(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target) => TensorPrimitives.Multiply(x, y, target);
}

/// <summary>target + x·y, rounded once.</summary>
internal readonly struct AddedProduct : ISpanPair
{
    public static void Invoke(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target) => TensorPrimitives.FusedMultiplyAdd(x, y, target, target);
}
