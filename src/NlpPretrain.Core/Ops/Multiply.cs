using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The product, value by value; a right side of one axis, as long as the left side's last, multiplies every row.</summary>
    /// <remarks>This is x ⊙ y; the product of matrices is MatMul.</remarks>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape, or [C] where the left side is [..., C].</param>
    /// <returns>The shape of the left side.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor operator *(Tensor left, Tensor right) => RowPairOp.Run<MultiplyOp>(left, right, '*');

    /// <summary>The product, value by value: see the operator.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape, or [C] where the left side is [..., C].</param>
    public static Tensor Multiply(Tensor left, Tensor right) => left * right;
}

internal sealed class MultiplyOp : RowPairOp
{
    protected override void Forward() => Compute<Product>();

    protected override void Backward()
    {
        if (X.RequiresGradient) AddGradientTimes(X, Y);
        if (Y.RequiresGradient) AddGradientTimes(Y, X);
    }
}
