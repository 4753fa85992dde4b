using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The cosine of the angle between each row of one tensor and the same row of another.</summary>
    /// <remarks>y = a·b / (max(|a|, ε)·max(|b|, ε)) with ε = 10⁻⁸, over the last axis: a row of zeros has similarity 0.</remarks>
    /// <param name="left">a, [..., C]</param>
    /// <param name="right">b, [..., C]</param>
    /// <returns>[...], one value a row; [1] for tensors of one axis.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor CosineSimilarity(Tensor left, Tensor right)
    {
        if (left.Shape != right.Shape) throw new ArgumentException($"The cosine compares rows of tensors of one shape, not of {left.Shape} and {right.Shape}.", nameof(right));
        return Op.Take<CosineSimilarityOp>(left.Node.Arena is null ? right : left).Run(left.Shape.WithoutColumns(), left, right);
    }
}

internal sealed unsafe class CosineSimilarityOp : Op
{
    private const float LeastNorm = 1e-8f;
    private float* _norms;

    protected override void Forward()
    {
        _norms = Allocate(2L * X.Rows);                                                          // [N, 2]
        CosineForward work = new() { Left = X.Data, Right = Y.Data, Norms = _norms, Output = Output.Data, Rows = X.Rows, Columns = X.Columns };
        Workers.For(Pieces.Count(X.Rows, Pieces.RowsOf(X.Columns)), ref work);
    }

    // With â = a/|a| and b̂ = b/|b|: ∂y/∂a = (b̂ − y·â) / |a|, and ∂y/∂b likewise; where ε stands for |a|, ∂y/∂a = b̂ / ε.
    protected override void Backward()
    {
        if (X.RequiresGradient) Differentiate(X, Y, 0);
        if (Y.RequiresGradient) Differentiate(Y, X, 1);
    }

    private void Differentiate(TensorNode side, TensorNode other, int which)
    {
        CosineBackward work = new()
        {
            Side = side.Data, Other = other.Data, Norms = _norms, Which = which, Output = Output.Data, OutputGradient = Output.Gradient, Rows = X.Rows, Columns = X.Columns,
            Gradient = side.GradientToWrite(out bool accumulate), Accumulate = accumulate,
        };
        Workers.For(Pieces.Count(X.Rows, Pieces.RowsOf(X.Columns)), ref work);
    }

    private struct CosineForward : ISimdPieces
    {
        internal float* Left, Right, Norms, Output;
        internal int Rows, Columns;

        public readonly void Run(int piece) => Simd.Run(this, piece);

        public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
        {
            int rows = Pieces.RowsOf(Columns), end = Math.Min(Rows, (piece + 1) * rows);
            for (int row = piece * rows; row < end; row++)
            {
                float* left = Left + (long)row * Columns, right = Right + (long)row * Columns;
                float product = Row.Sum<TSimd, Products>(Columns, Products.Over(left, right));
                float leftNorm = MathF.Sqrt(Row.Sum<TSimd, Products>(Columns, Products.Over(left, left))), rightNorm = MathF.Sqrt(Row.Sum<TSimd, Products>(Columns, Products.Over(right, right)));
                (Norms[2 * row], Norms[2 * row + 1]) = (leftNorm, rightNorm);
                Output[row] = product / (MathF.Max(leftNorm, LeastNorm) * MathF.Max(rightNorm, LeastNorm));
            }
        }
    }

    private struct CosineBackward : IPieces
    {
        internal float* Side, Other, Norms, Output, OutputGradient, Gradient;
        internal int Which, Rows, Columns;
        internal bool Accumulate;

        public readonly void Run(int piece)
        {
            int rows = Pieces.RowsOf(Columns), end = Math.Min(Rows, (piece + 1) * rows);
            for (int row = piece * rows; row < end; row++)
            {
                float norm = Norms[2 * row + Which], sideNorm = MathF.Max(norm, LeastNorm), otherNorm = MathF.Max(Norms[2 * row + 1 - Which], LeastNorm);
                float ofOther = OutputGradient[row] / sideNorm / otherNorm;
                float ofSide = norm < LeastNorm ? 0 : OutputGradient[row] * Output[row] / norm / norm;
                float* side = Side + (long)row * Columns, other = Other + (long)row * Columns, gradient = Gradient + (long)row * Columns;
                for (int i = 0; i < Columns; i++)
                {
                    float step = ofOther * other[i] - ofSide * side[i];
                    gradient[i] = Accumulate ? gradient[i] + step : step;
                }
            }
        }
    }
}
