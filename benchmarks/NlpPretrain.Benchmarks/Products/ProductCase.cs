using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Products;

/// <summary>A linear layer's size: Y [R, O] = X [R, I]·Wᵀ with weights W [O, I]; several of them where <see cref="Batch"/> is above 1.</summary>
internal sealed record ProductShape(string Name, int Rows, int Inputs, int Outputs, int Batch = 1)
{
    public double Operations => 2.0 * Batch * Rows * Inputs * Outputs;
}

internal enum Direction
{
    /// <summary>Y = X·Wᵀ.</summary>
    Forward,

    /// <summary>∂L/∂X = G·W: the plain product of two matrices.</summary>
    InputGradient,

    /// <summary>∂L/∂W = Gᵀ·X.</summary>
    WeightGradient,
}

/// <summary>C [M, N] = A·B of one direction, with the factors as they lie in memory.</summary>
internal sealed record ProductCase(ProductShape Shape, Direction Direction)
{
    public string Name => Shape.Name + Direction switch
    {
        Direction.Forward => "-forward",
        Direction.InputGradient => "-input-gradient",
        _ => "-weight-gradient",
    };

    public Transpose Transpose => Direction switch
    {
        Direction.Forward => Transpose.Right,
        Direction.InputGradient => Transpose.None,
        _ => Transpose.Left,
    };

    public int M => Direction == Direction.WeightGradient ? Shape.Outputs : Shape.Rows;

    public int N => Direction == Direction.Forward ? Shape.Outputs : Shape.Inputs;

    /// <summary>Terms of each sum.</summary>
    public int K => Direction switch
    {
        Direction.Forward => Shape.Inputs,
        Direction.InputGradient => Shape.Outputs,
        _ => Shape.Rows,
    };

    /// <summary>Floats of a row of A as stored.</summary>
    public int Lda => Transpose == Transpose.Left ? M : K;

    public int Ldb => Transpose == Transpose.Right ? K : N;
}
