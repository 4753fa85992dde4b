using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The product of matrices: the last two axes of each side are a matrix, and the axes before them count matrices.</summary>
    /// <param name="left">[..., M, K], or [..., K, M] to be transposed.</param>
    /// <param name="right">[..., K, N], or [..., N, K] to be transposed, with the leading axes of the left side; or with two axes only, one matrix for all of the left side.</param>
    /// <param name="transposeLeft">Whether the left side's last two axes change places. Default false.</param>
    /// <param name="transposeRight">Whether the right side's last two axes change places; not together with the left side's. Default false.</param>
    /// <returns>[..., M, N]</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or both sides are to be transposed.</exception>
    public static Tensor MatMul(Tensor left, Tensor right, bool transposeLeft = false, bool transposeRight = false)
    {
        (Shape a, Shape b) = (left.Shape, right.Shape);
        if (transposeLeft && transposeRight) throw new ArgumentException("A product of two transposes is not offered: multiply in the other order, BA, and transpose that.", nameof(transposeRight));
        if (a.Rank < 2 || b.Rank < 2) throw new ArgumentException($"The product of {a} and {b}: a matrix has two axes; Reshape a vector to [1, n] or [n, 1].");

        int rank = a.Rank, k = a[transposeLeft ? rank - 2 : rank - 1];
        bool isShared = b.Rank == 2, fits = (isShared || b.Rank == rank) && k == b[transposeRight ? b.Rank - 1 : b.Rank - 2];
        for (int axis = 0; fits && !isShared && axis < rank - 2; axis++) fits = a[axis] == b[axis];
        if (!fits)
            throw new ArgumentException($"The product of {a}{(transposeLeft ? "ᵀ" : "")} and {b}{(transposeRight ? "ᵀ" : "")}: the left side's columns must be as many as the right side's rows, and axes before the last two equal, or the right side one matrix.");

        (int m, int n) = (a[transposeLeft ? rank - 1 : rank - 2], b[transposeRight ? b.Rank - 2 : b.Rank - 1]);
        MatMulOp op = Op.Take<MatMulOp>(left.Node.Arena is null ? right : left);
        (op.Batch, op.M, op.N, op.K, op.IsShared) = (a.Size / m / k, m, n, k, isShared);
        if (isShared && !transposeLeft) (op.Batch, op.M) = (1, op.Batch * m);                      // the rows of all left matrices are one matrix
        op.Transpose = transposeLeft ? Transpose.Left : transposeRight ? Transpose.Right : Transpose.None;
        return op.Run(rank switch { 2 => new(m, n), 3 => new(a[0], m, n), _ => new(a[0], a[1], m, n) }, left, right);
    }
}

internal sealed unsafe class MatMulOp : Op
{
    internal Transpose Transpose { get; set; }

    internal int Batch { get; set; }

    internal int M { get; set; }

    internal int N { get; set; }

    internal int K { get; set; }

    /// <summary>Whether all left matrices meet one right matrix.</summary>
    internal bool IsShared { get; set; }

    private nint LeftStep => (nint)M * K;

    private nint RightStep => IsShared ? 0 : (nint)K * N;

    private nint OutputStep => (nint)M * N;

    protected override void Forward() => Multiply(Transpose, Batch, M, N, K, X.Data, LeftStep, Y.Data, RightStep, Output.Data, OutputStep, accumulate: false);

    // C = AB: ∂A = ∂C·Bᵀ and ∂B = Aᵀ·∂C. C = ABᵀ: ∂A = ∂C·B and ∂B = ∂Cᵀ·A. C = AᵀB: ∂A = B·∂Cᵀ and ∂B = A·∂C.
    protected override void Backward()
    {
        float* gradient = Output.Gradient;
        if (X.RequiresGradient)
        {
            float* target = X.GradientToWrite(out bool accumulate);
            if (Transpose == Transpose.Left) Multiply(Transpose.Right, Batch, K, M, N, Y.Data, RightStep, gradient, OutputStep, target, LeftStep, accumulate);
            else Multiply(Transpose == Transpose.Right ? Transpose.None : Transpose.Right, Batch, M, K, N, gradient, OutputStep, Y.Data, RightStep, target, LeftStep, accumulate);
        }

        if (Y.RequiresGradient)
        {
            float* target = Y.GradientToWrite(out bool accumulate);
            int products = IsShared ? Batch : 1, batch = Batch / products;                         // those that share a target follow one another
            for (int i = 0; i < products; i++) DifferentiateRight(batch, X.Data + i * LeftStep, gradient + i * OutputStep, target, accumulate || i > 0);
        }
    }

    private void DifferentiateRight(int batch, float* left, float* gradient, float* target, bool accumulate)
    {
        if (Transpose == Transpose.Right) Multiply(Transpose.Left, batch, N, K, M, gradient, OutputStep, left, LeftStep, target, RightStep, accumulate);
        else Multiply(Transpose == Transpose.Left ? Transpose.None : Transpose.Left, batch, K, N, M, left, LeftStep, gradient, OutputStep, target, RightStep, accumulate);
    }

    private void Multiply(Transpose transpose, int batch, int m, int n, int k, float* a, nint aStep, float* b, nint bStep, float* c, nint cStep, bool accumulate) => MatrixMultiply.RunBatch(
        Workers, transpose, batch, m, n, k, a, aStep, transpose == Transpose.Left ? m : k, b, bStep, transpose == Transpose.Right ? k : n, c, cStep, n, accumulate);
}
