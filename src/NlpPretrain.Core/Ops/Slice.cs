using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>A stretch of one axis. Along the first axis it is a view without a copy.</summary>
    /// <param name="axis">The axis, from 0; negative ones count from the end, so that −1 is the last.</param>
    /// <param name="start">The first index.</param>
    /// <param name="length">Number of indices, at least 1.</param>
    /// <returns>The shape of this tensor with <paramref name="length"/> in that axis.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or the stretch is not within it.</exception>
    public Tensor Slice(int axis, int start, int length)
    {
        Axes axes = Axes.Of(Shape, axis);
        int size = Shape[axes.Axis];
        if (start < 0 || start >= size) throw new ArgumentOutOfRangeException(nameof(start), start, $"Axis {axes.Axis} of {Shape} has the indices 0 to {size - 1}.");
        if (length < 1 || length > size - start)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"From index {start} on, axis {axes.Axis} of {Shape} has {size - start}; a slice has 1 to so many.");
        if (length == size) return this;

        Shape shape = Shape.With(axes.Axis, length);
        if (axes.Outer == 1) return Op.Take<ViewOp>(this).RunView(shape, this, start * axes.Inner);

        SliceOp op = Op.Take<SliceOp>(this);
        (op.Axes, op.Start) = (axes, start);
        return op.Run(shape, this);
    }

    /// <summary>Equal parts of one axis, in order.</summary>
    /// <param name="parts">Receives the parts; the axis's size is a multiple of their number.</param>
    /// <param name="axis">The axis, from 0; negative ones count from the end. Default: the last.</param>
    /// <exception cref="ArgumentException">The axis does not divide into so many.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public void Split(Span<Tensor> parts, int axis = -1)
    {
        int size = Shape[Axes.Of(Shape, axis).Axis];
        if (parts.IsEmpty || size % parts.Length != 0)
            throw new ArgumentException($"Axis {axis} of {Shape} has {size} indices, which do not divide into {parts.Length} equal parts; use Slice for others.", nameof(parts));

        int length = size / parts.Length;
        for (int i = 0; i < parts.Length; i++) parts[i] = Slice(axis, i * length, length);
    }

    /// <summary>The first and the second half of the last axis.</summary>
    /// <returns>[..., C / 2] each</returns>
    /// <exception cref="ArgumentException">The last axis has an odd size.</exception>
    public (Tensor First, Tensor Second) Halve()
    {
        int size = Shape.Columns, half = size / 2;
        if (size % 2 != 0) throw new ArgumentException($"The last axis of {Shape} does not divide into two halves; use Slice for unequal parts.");
        return (Slice(-1, 0, half), Slice(-1, half, half));
    }
}

internal sealed unsafe class SliceOp : Op
{
    internal Axes Axes { get; set; }

    internal int Start { get; set; }

    private int Width => Output.Size / Axes.Outer;

    private long Offset => (long)Start * Axes.Inner;

    private long Stride => X.Size / Axes.Outer;

    protected override void Forward() => BlockCopy.Run(Workers, Axes.Outer, Width, X.Data + Offset, Stride, Output.Data, Width, accumulate: false);

    protected override void Backward() => BlockCopy.Run(Workers, Axes.Outer, Width, Output.Gradient, Width, X.Gradient + Offset, Stride, accumulate: true);
}
