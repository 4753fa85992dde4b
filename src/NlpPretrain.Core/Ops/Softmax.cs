using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>Each row as probabilities: positive, with sum 1.</summary>
    /// <remarks>yᵢ = e^(s·xᵢ − m) / Σⱼ e^(s·xⱼ − m) with m = max s·x, over the last axis; where s·xᵢ is 87 or more below m, yᵢ is 0.</remarks>
    /// <param name="scale">s. Default 1.</param>
    /// <returns>The shape of this tensor.</returns>
    public Tensor Softmax(float scale = 1)
    {
        SoftmaxOp op = Op.Take<SoftmaxOp>(this);
        op.Scale = scale;
        return op.Run(Shape, this);
    }
}

internal sealed unsafe class SoftmaxOp : Op
{
    private const int CostOfExp = 4;

    internal float Scale { get; set; }

    private int Chunks => (X.Rows + SoftmaxForward.RowsPerPiece - 1) / SoftmaxForward.RowsPerPiece;

    protected override void Forward()
    {
        SoftmaxForward work = new() { Rows = X.Rows, Columns = X.Columns, Scale = Scale, X = X.Data, Y = Output.Data };
        Workers.For(Chunks, (long)CostOfExp * X.Size, ref work);
    }

    // ∂L/∂x = s·y ⊙ (∂L/∂y − Σ ∂L/∂y ⊙ y)
    protected override void Backward()
    {
        SoftmaxBackward work = new()
        {
            Rows = X.Rows, Columns = X.Columns, Scale = Scale, Y = Output.Data, OutputGradient = Output.Gradient,
            Gradient = X.GradientToWrite(out bool accumulate), Accumulate = accumulate,
        };
        Workers.For(Chunks, X.Size, ref work);
    }
}
