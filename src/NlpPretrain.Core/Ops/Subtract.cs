using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The difference, value by value; a right side of one axis, as long as the left side's last, is subtracted from every row.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape, or [C] where the left side is [..., C].</param>
    /// <returns>The shape of the left side.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor operator -(Tensor left, Tensor right) => RowPairOp.Run<SubtractOp>(left, right, '−');

    /// <summary>The difference, value by value: see the operator.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape, or [C] where the left side is [..., C].</param>
    public static Tensor Subtract(Tensor left, Tensor right) => left - right;
}

internal sealed class SubtractOp : RowPairOp
{
    protected override void Forward() => Compute<Difference>();

    protected override void Backward()
    {
        if (X.RequiresGradient) AddGradient(X, 1);
        if (Y.RequiresGradient) AddGradient(Y, -1);
    }
}
