using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>Every value times a number.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <param name="scale">The number.</param>
    /// <returns>The shape of the tensor.</returns>
    public static Tensor operator *(Tensor tensor, float scale)
    {
        ScaleOp op = Op.Take<ScaleOp>(tensor);
        op.Scale = scale;
        return op.Run(tensor.Shape, tensor);
    }

    /// <inheritdoc cref="op_Multiply(Tensor, float)"/>
    public static Tensor operator *(float scale, Tensor tensor) => tensor * scale;

    /// <inheritdoc cref="op_Multiply(Tensor, float)"/>
    public static Tensor Multiply(Tensor tensor, float scale) => tensor * scale;

    /// <inheritdoc cref="op_Multiply(Tensor, float)"/>
    public static Tensor Multiply(float scale, Tensor tensor) => tensor * scale;

    /// <summary>Every value with the other sign.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The shape of the tensor.</returns>
    public static Tensor operator -(Tensor tensor) => tensor * -1;

    /// <inheritdoc cref="op_UnaryNegation(Tensor)"/>
    public static Tensor Negate(Tensor tensor) => -tensor;
}

internal sealed unsafe class ScaleOp : Op
{
    internal float Scale { get; set; }

    protected override void Forward() => Scaling.Run(Workers, X.Data, X.Size, Scale, Output.Data, accumulate: false);

    protected override void Backward()
    {
        float* gradient = X.GradientToWrite(out bool accumulate);
        Scaling.Run(Workers, Output.Gradient, X.Size, Scale, gradient, accumulate);
    }
}
