using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>Tensors one after another along one axis.</summary>
    /// <param name="parts">At least one, alike in all other axes; at least one is of a pass.</param>
    /// <param name="axis">The axis, from 0; negative ones count from the end. Default: the last.</param>
    /// <returns>Their common shape, with the sum of their sizes in that axis.</returns>
    /// <exception cref="ArgumentException">There are no parts, or they differ in another axis.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Concatenate(ReadOnlySpan<Tensor> parts, int axis = -1)
    {
        if (parts.IsEmpty) throw new ArgumentException("There is nothing to concatenate; give one tensor or more.", nameof(parts));

        Shape shape = parts[0].Shape;
        Axes axes = Axes.Of(shape, axis);
        long size = 0;
        Tensor ofPass = parts[0];
        for (int i = 0; i < parts.Length; i++)
        {
            Shape other = parts[i].Shape;
            if (other.Rank != shape.Rank || other.With(axes.Axis, 1) != shape.With(axes.Axis, 1))
                throw new ArgumentException($"Part {i} is {other} and part 0 {shape}; parts that are put together along axis {axes.Axis} are alike in all others.", nameof(parts));
            size += other[axes.Axis];
            if (parts[i].Node.Arena is not null) ofPass = parts[i];
        }

        ConcatenateOp op = Op.Take<ConcatenateOp>(ofPass);
        op.Axes = axes;
        foreach (Tensor part in parts) op.AddInput(part);
        return op.Run(shape.With(axes.Axis, (int)Math.Min(size, int.MaxValue)));
    }

    /// <summary>Two tensors one after the other along one axis: see <see cref="Concatenate(ReadOnlySpan{Tensor}, int)"/>.</summary>
    /// <param name="other">The tensor behind this one.</param>
    /// <param name="axis">The axis, from 0; negative ones count from the end. Default: the last.</param>
    public Tensor Concatenate(Tensor other, int axis = -1) => Concatenate([this, other], axis);
}

internal sealed unsafe class ConcatenateOp : Op
{
    internal Axes Axes { get; set; }

    protected override void Forward()
    {
        long offset = 0;
        for (int i = 0; i < InputCount; i++)
        {
            int width = WidthOf(i);
            BlockCopy.Run(Workers, Axes.Outer, width, Input(i).Data, width, Output.Data + offset, WidthOfOutput, accumulate: false);
            offset += width;
        }
    }

    protected override void Backward()
    {
        long offset = 0;
        for (int i = 0; i < InputCount; i++)
        {
            int width = WidthOf(i);
            if (Input(i).RequiresGradient)
            {
                float* gradient = Input(i).GradientToWrite(out bool accumulate);
                BlockCopy.Run(Workers, Axes.Outer, width, Output.Gradient + offset, WidthOfOutput, gradient, width, accumulate);
            }

            offset += width;
        }
    }

    private int WidthOfOutput => Output.Size / Axes.Outer;

    private int WidthOf(int input) => Input(input).Size / Axes.Outer;
}
