using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>A linear map of every row, with its bias and the activation behind it.</summary>
    /// <remarks>y = a(x·Wᵀ + b), or a(x·W + b) for a weight that is stored by inputs.</remarks>
    /// <param name="weight">W, [outputs, inputs], as most checkpoints store it.</param>
    /// <param name="bias">b, [outputs]; default none.</param>
    /// <param name="activation">a; default none.</param>
    /// <param name="isByInputs">Whether the weight is [inputs, outputs], as GPT-2 stores it. Default false.</param>
    /// <returns>[..., outputs]; this tensor is x, [..., inputs].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The activation is not one of the enumeration.</exception>
    public Tensor Linear(Tensor weight, Tensor? bias = null, Activation activation = Activation.None, bool isByInputs = false)
    {
        Shape w = weight.Shape;
        if (w.Rank != 2 || w[isByInputs ? 0 : 1] != Shape.Columns)
            throw new ArgumentException($"The weight is {w}; for the input {Shape} it needs to be {(isByInputs ? $"[{Shape.Columns}, outputs]" : $"[outputs, {Shape.Columns}]")}.", nameof(weight));
        int outputs = w[isByInputs ? 1 : 0];
        if (bias is { } given && given.Shape != new Shape(outputs)) throw new ArgumentException($"The bias is {given.Shape}; it needs to be [{outputs}].", nameof(bias));

        if (!Enum.IsDefined(activation)) throw new ArgumentOutOfRangeException(nameof(activation), activation, $"There is no activation {(int)activation}; see the members of {nameof(Activation)}.");

        LinearOp op = Op.Take<LinearOp>(this);
        (op.Activation, op.IsByInputs) = (activation, isByInputs);
        return bias is { } b ? op.Run(Shape.WithColumns(outputs), this, weight, b) : op.Run(Shape.WithColumns(outputs), this, weight);
    }
}

internal sealed unsafe class LinearOp : Op
{
    private float* _before;

    internal Activation Activation { get; set; }

    internal bool IsByInputs { get; set; }

    protected override void Forward()
    {
        int rows = X.Rows, inputs = X.Columns, outputs = Output.Columns;
        bool keeps = IsRecorded && Activation != Activation.None;
        _before = keeps ? Allocate(Output.Size) : Output.Data;                                    // a's argument: the backward needs it
        float* bias = InputCount > 2 ? Z.Data : null;
        if (!IsRecorded && !IsByInputs && rows <= Bfloat16Stream.MaximumRows && Y.Parameter?.Bfloat16 is { } weight)
            Bfloat16Stream.Run(Workers, rows, X.Data, inputs, weight, _before, outputs, bias);
        else
            MatrixMultiply.Run(Workers, IsByInputs ? Transpose.None : Transpose.Right, rows, outputs, inputs, X.Data, inputs, Y.Data, Y.Columns, _before, outputs, accumulate: false, bias);
        Activation.Forward(Workers, _before, Output.Size, Output.Data);
    }

    protected override void Backward()
    {
        int rows = X.Rows, inputs = X.Columns, outputs = Output.Columns;
        float* gradient = Output.Gradient;
        if (Activation != Activation.None)
        {
            gradient = _before;                                                                    // in its place: nothing reads it again
            Activation.Backward(Workers, _before, Output.Size, Output.Gradient, gradient);
        }

        if (X.RequiresGradient)
        {
            float* target = X.GradientToWrite(out bool accumulate);
            MatrixMultiply.Run(Workers, IsByInputs ? Transpose.Right : Transpose.None, rows, inputs, outputs, gradient, outputs, Y.Data, Y.Columns, target, inputs, accumulate);
        }

        if (Y.RequiresGradient)
        {
            float* target = Y.GradientToWrite(out bool accumulate);
            if (IsByInputs) MatrixMultiply.Run(Workers, Transpose.Left, inputs, outputs, rows, X.Data, inputs, gradient, outputs, target, outputs, accumulate);
            else MatrixMultiply.Run(Workers, Transpose.Left, outputs, inputs, rows, gradient, outputs, X.Data, inputs, target, inputs, accumulate);
        }

        if (InputCount > 2 && Z.RequiresGradient)
        {
            float* target = Z.GradientToWrite(out bool accumulate);
            ColumnSums.Add(Workers, gradient, null, rows, outputs, Allocate(ColumnSums.ScratchSize(rows, outputs)), target, accumulate);
        }
    }
}
