using System.Numerics.Tensors;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The sum, value by value; a right side of one axis, as long as the left side's last, is added to every row.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape, or [C] where the left side is [..., C].</param>
    /// <returns>The shape of the left side.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor operator +(Tensor left, Tensor right)
    {
        if (left.Shape != right.Shape && right.Shape != new Shape(left.Shape.Columns))
            throw new ArgumentException($"{left.Shape} + {right.Shape}: the right side needs the same shape, or one axis of {left.Shape.Columns} to be added to every row.");
        return Op.Take<AddOp>(left.Node.Arena is null ? right : left).Run(left.Shape, left, right);
    }

    /// <summary>The sum, value by value: see the operator.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape, or [C] where the left side is [..., C].</param>
    public static Tensor Add(Tensor left, Tensor right) => left + right;
}

internal sealed unsafe class AddOp : Op
{
    protected override void Forward()
    {
        int columns = Y.Size;                                       // a whole tensor is one row of its own size
        for (int start = 0; start < X.Size; start += columns)
            TensorPrimitives.Add(X.Values.Slice(start, columns), Y.Values, Output.Values.Slice(start, columns));
    }

    protected override void Backward()
    {
        ReadOnlySpan<float> gradient = Output.GradientValues;
        if (X.RequiresGradient) TensorPrimitives.Add(X.GradientValues, gradient, X.GradientValues);
        if (!Y.RequiresGradient) return;

        for (int start = 0; start < X.Size; start += Y.Size)
            TensorPrimitives.Add(Y.GradientValues, gradient.Slice(start, Y.Size), Y.GradientValues);
    }
}
