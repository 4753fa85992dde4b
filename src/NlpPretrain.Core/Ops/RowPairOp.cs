using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

/// <summary>What operations of two sides share, where the right side has the shape of the left or is one row that meets every row of it.</summary>
internal abstract unsafe class RowPairOp : Op
{
    internal static Tensor Run<TOp>(Tensor left, Tensor right, char sign) where TOp : RowPairOp, new()
    {
        if (left.Shape != right.Shape && right.Shape != new Shape(left.Shape.Columns))
            throw new ArgumentException($"{left.Shape} {sign} {right.Shape}: the right side needs the same shape, or one axis of {left.Shape.Columns} to meet every row.");
        return Take<TOp>(left.Node.Arena is null ? right : left).Run(left.Shape, left, right);
    }

    protected void Compute<TPair>() where TPair : struct, ISpanPair => RowPairs<TPair>.Run(Workers, X.Data, X.Size, Y.Data, Y.Size, Output.Data);

    /// <summary>Adds scale·∂L/∂output to the gradient of one side.</summary>
    protected void AddGradient(TensorNode side, float scale)
    {
        float* gradient = side.GradientToWrite(out bool accumulate);
        if (side.Size == Output.Size)
        {
            Scaling.Run(Workers, Output.Gradient, Output.Size, scale, gradient, accumulate);
            return;
        }

        float* sums = Allocate(side.Size);
        SumRows(Output.Gradient, null, side.Size, sums, accumulate: false);
        Scaling.Run(Workers, sums, side.Size, scale, gradient, accumulate);
    }

    /// <summary>Adds ∂L/∂output ⊙ other to the gradient of one side.</summary>
    protected void AddGradientTimes(TensorNode side, TensorNode other)
    {
        float* gradient = side.GradientToWrite(out bool accumulate);
        if (side.Size != Output.Size) SumRows(Output.Gradient, other.Data, side.Size, gradient, accumulate);
        else if (accumulate) RowPairs<AddedProduct>.Run(Workers, Output.Gradient, Output.Size, other.Data, other.Size, gradient);
        else RowPairs<Product>.Run(Workers, Output.Gradient, Output.Size, other.Data, other.Size, gradient);
    }

    private void SumRows(float* x, float* y, int columns, float* target, bool accumulate)
    {
        int rows = Output.Size / columns;
        ColumnSums.Add(Workers, x, y, rows, columns, Allocate(ColumnSums.ScratchSize(rows, columns)), target, accumulate);
    }
}
