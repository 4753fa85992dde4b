using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>Each row with mean 0 and variance 1, then a learned gain and bias.</summary>
    /// <remarks>
    /// <para>y = γ ⊙ n + β with n = (x − mean x) / √(var x + ε), over the last axis; var is the mean of (x − mean x)².</para>
    /// <para>Source: Ba, Kiros and Hinton 2016, arXiv:1607.06450.</para>
    /// </remarks>
    /// <param name="gain">γ, [C]</param>
    /// <param name="bias">β, [C]</param>
    /// <param name="epsilon">ε, at least 0. Default 10⁻⁵; BERT uses 10⁻¹².</param>
    /// <returns>The shape of this tensor, [..., C].</returns>
    /// <exception cref="ArgumentException">The gain or the bias is not [C].</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is negative or not a number.</exception>
    public Tensor LayerNorm(Tensor gain, Tensor bias, float epsilon = 1e-5f)
    {
        Shape width = new(Shape.Columns);
        if (gain.Shape != width || bias.Shape != width)
            throw new ArgumentException($"A layer norm of {Shape} needs a gain and a bias {width}, one value for each column; the gain is {gain.Shape} and the bias {bias.Shape}.", nameof(gain));
        if (!(epsilon >= 0)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Epsilon is added to a variance and must be 0 or more, such as 1e-5.");

        LayerNormOp op = Op.Take<LayerNormOp>(this);
        op.Epsilon = epsilon;
        return op.Run(Shape, this, gain, bias);
    }
}

internal sealed unsafe class LayerNormOp : Op
{
    private float* _moments;

    internal float Epsilon { get; set; }

    private int Chunks => (X.Rows + LayerNormForward.RowsPerPiece - 1) / LayerNormForward.RowsPerPiece;

    protected override void Forward()
    {
        _moments = IsRecorded ? Allocate(2L * X.Rows) : null;                                    // [N, 2]
        LayerNormForward work = new()
        {
            Rows = X.Rows, Columns = X.Columns, Epsilon = Epsilon, X = X.Data, Gain = Y.Data, Bias = Z.Data, Y = Output.Data, Moments = _moments,
        };
        Workers.For(Chunks, X.Size, ref work);
    }

    // With d = γ ⊙ ∂L/∂y: ∂L/∂x = r·(d − mean(d) − n·mean(d ⊙ n)), ∂L/∂γ = Σ ∂L/∂y ⊙ n, ∂L/∂β = Σ ∂L/∂y.
    protected override void Backward()
    {
        int columns = X.Columns;
        bool accumulate = false;
        float* partial = Y.RequiresGradient || Z.RequiresGradient ? Allocate(2L * Chunks * columns) : null;
        LayerNormBackward work = new()
        {
            Rows = X.Rows, Columns = columns, X = X.Data, Gain = Y.Data, Moments = _moments, OutputGradient = Output.Gradient,
            Gradient = X.RequiresGradient ? X.GradientToWrite(out accumulate) : null, Accumulate = accumulate, Partial = partial,
        };
        Workers.For(Chunks, 2L * X.Size, ref work);
        if (Y.RequiresGradient) ChunkSums.Add(Workers, partial, Chunks, 2L * columns, columns, Y.GradientToWrite(out accumulate), accumulate);
        if (Z.RequiresGradient) ChunkSums.Add(Workers, partial + columns, Chunks, 2L * columns, columns, Z.GradientToWrite(out accumulate), accumulate);
    }
}
