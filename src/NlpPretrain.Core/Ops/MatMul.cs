using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The matrix product of the last two axes, for each of equal leading axes.</summary>
    /// <param name="left">[..., M, K], or [..., K, M] to be transposed.</param>
    /// <param name="right">[..., K, N], or [..., N, K] to be transposed, with the leading axes of the left side.</param>
    /// <param name="transposeLeft">Whether the left side's last two axes change places. Default false.</param>
    /// <param name="transposeRight">Whether the right side's last two axes change places; not together with the left side's. Default false.</param>
    /// <returns>[..., M, N]</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or both sides are to be transposed.</exception>
    public static Tensor MatMul(Tensor left, Tensor right, bool transposeLeft = false, bool transposeRight = false)
    {
        (Shape a, Shape b) = (left.Shape, right.Shape);
        if (transposeLeft && transposeRight) throw new ArgumentException("A product of two transposes is not offered: multiply in the other order, BA, and transpose that.", nameof(transposeRight));
        int rank = a.Rank;
        bool fits = rank >= 2 && b.Rank == rank && a[transposeLeft ? rank - 2 : rank - 1] == b[transposeRight ? rank - 1 : rank - 2];
        for (int axis = 0; fits && axis < rank - 2; axis++) fits = a[axis] == b[axis];
        if (!fits)
            throw new ArgumentException($"The product of {a}{(transposeLeft ? "ᵀ" : "")} and {b}{(transposeRight ? "ᵀ" : "")}: the left side's columns must be as many as the right side's rows, and axes before the last two equal.");

        (int m, int n) = (a[transposeLeft ? rank - 1 : rank - 2], b[transposeRight ? rank - 2 : rank - 1]);
        MatMulOp op = Op.Take<MatMulOp>(left.Node.Arena is null ? right : left);
        (op.M, op.N, op.K) = (m, n, a[transposeLeft ? rank - 2 : rank - 1]);
        op.Transpose = transposeLeft ? Transpose.Left : transposeRight ? Transpose.Right : Transpose.None;
        return op.Run(rank switch { 2 => new(m, n), 3 => new(a[0], m, n), _ => new(a[0], a[1], m, n) }, left, right);
    }
}

internal sealed unsafe class MatMulOp : Op
{
    internal Transpose Transpose { get; set; }

    internal int M { get; set; }

    internal int N { get; set; }

    internal int K { get; set; }

    protected override void Forward() => Multiply(Transpose, M, N, K, X.Data, Y.Data, Output.Data, accumulate: false);

    // C = AB: ∂A = ∂C·Bᵀ and ∂B = Aᵀ·∂C. C = ABᵀ: ∂A = ∂C·B and ∂B = ∂Cᵀ·A. C = AᵀB: ∂A = B·∂Cᵀ and ∂B = A·∂C.
    protected override void Backward()
    {
        float* gradient = Output.Gradient;
        if (X.RequiresGradient)
        {
            float* target = X.GradientToWrite(out bool accumulate);
            if (Transpose == Transpose.Left) Multiply(Transpose.Right, K, M, N, Y.Data, gradient, target, accumulate);
            else Multiply(Transpose == Transpose.Right ? Transpose.None : Transpose.Right, M, K, N, gradient, Y.Data, target, accumulate);
        }

        if (Y.RequiresGradient)
        {
            float* target = Y.GradientToWrite(out bool accumulate);
            if (Transpose == Transpose.Right) Multiply(Transpose.Left, N, K, M, gradient, X.Data, target, accumulate);
            else Multiply(Transpose == Transpose.Left ? Transpose.None : Transpose.Left, K, N, M, X.Data, gradient, target, accumulate);
        }
    }

    private void Multiply(Transpose transpose, int m, int n, int k, float* a, float* b, float* c, bool accumulate)
    {
        int lda = transpose == Transpose.Left ? m : k, ldb = transpose == Transpose.Right ? k : n, batch = Output.Size / (M * N);
        if (batch == 1) MatrixMultiply.Run(Workers, transpose, m, n, k, a, lda, b, ldb, c, n, accumulate);
        else MatrixMultiply.RunBatch(Workers, transpose, batch, m, n, k, a, (nint)m * k, lda, b, (nint)k * n, ldb, c, (nint)m * n, n, accumulate);
    }
}
