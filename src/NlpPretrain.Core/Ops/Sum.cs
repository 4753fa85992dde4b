using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The sum of all values.</summary>
    /// <returns>[1]</returns>
    public Tensor Sum() => SumTimes(1);

    /// <summary>The mean of all values.</summary>
    /// <returns>[1]</returns>
    public Tensor Mean() => SumTimes(1.0 / Shape.Size);

    private Tensor SumTimes(double scale)
    {
        SumOp op = Op.Take<SumOp>(this);
        op.Scale = scale;
        return op.Run(new Shape(1), this);
    }
}

internal sealed unsafe class SumOp : Op
{
    internal double Scale { get; set; }

    protected override void Forward() =>
        Output.Data[0] = (float)(Scale * Totals<Values>.Sum(Workers, X.Data, null, X.Size, Allocate(Totals<Values>.ScratchSize(X.Size))));

    protected override void Backward()
    {
        float step = (float)(Scale * Output.Gradient[0]);
        float* gradient = X.GradientToWrite(out bool accumulate);
        Constant.Run(Workers, step, gradient, X.Size, accumulate);
    }
}
