using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The sum, value by value; a right side of one axis, as long as the left side's last, is added to every row.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape, or [C] where the left side is [..., C].</param>
    /// <returns>The shape of the left side.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor operator +(Tensor left, Tensor right) => RowPairOp.Run<AddOp>(left, right, '+');

    /// <summary>The sum, value by value: see the operator.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape, or [C] where the left side is [..., C].</param>
    public static Tensor Add(Tensor left, Tensor right) => left + right;
}

internal sealed class AddOp : RowPairOp
{
    protected override void Forward() => Compute<Sum>();

    protected override void Backward()
    {
        if (X.RequiresGradient) AddGradient(X, 1);
        if (Y.RequiresGradient) AddGradient(Y, 1);
    }
}
