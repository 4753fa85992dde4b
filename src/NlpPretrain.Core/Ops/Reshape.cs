using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The same values under other axes, without a copy.</summary>
    /// <param name="shape">As many values as this tensor has.</param>
    /// <returns>A tensor of that shape, in the memory of this one.</returns>
    /// <exception cref="ArgumentException">The shape has more or fewer values.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Size != Shape.Size)
            throw new ArgumentException($"A tensor {Shape} of {Shape.Size} values cannot become {shape}, which has {shape.Size}; all values are kept.", nameof(shape));
        return shape == Shape ? this : Op.Take<ViewOp>(this).RunView(shape, this, 0);
    }
}

/// <summary>Values of the input in its own memory; the gradient has memory of its own and is added to the input's.</summary>
internal sealed unsafe class ViewOp : Op
{
    protected override void Forward()
    {
    }

    protected override void Backward()
    {
        if (Output.Size == X.Size)
        {
            float* whole = X.GradientToWrite(out bool accumulate);
            Scaling.Run(Workers, Output.Gradient, Output.Size, 1, whole, accumulate);
            return;
        }

        float* part = X.Gradient + (Output.Data - X.Data);
        Scaling.Run(Workers, Output.Gradient, Output.Size, 1, part, accumulate: true);
    }
}
