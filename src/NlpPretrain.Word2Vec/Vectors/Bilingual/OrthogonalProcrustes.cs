using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>The rotation (or reflection) that brings one set of vectors nearest to another.</summary>
/// <remarks>W = U·Vᵀ, where U·Σ·Vᵀ is the singular value decomposition of Σᵢ yᵢ·xᵢᵀ, minimizes Σᵢ ‖W·xᵢ − yᵢ‖² over orthogonal W.</remarks>
internal static class OrthogonalProcrustes
{
    /// <summary>Solves for W over pairs of rows.</summary>
    /// <param name="source">The vectors xᵢ by row.</param>
    /// <param name="target">The vectors yᵢ by row.</param>
    /// <param name="pairs">Row of x, row of y.</param>
    /// <returns>W, [D, D]</returns>
    public static Matrix Solve(Matrix source, Matrix target, IReadOnlyList<(int Source, int Target)> pairs)
    {
        int dimensions = source.Columns;
        double[] products = new double[dimensions * dimensions];                  // column-major Σᵢ yᵢ·xᵢᵀ, as the decomposition wants it
        foreach ((int sourceRow, int targetRow) in pairs)
        {
            ReadOnlySpan<float> x = source[sourceRow], y = target[targetRow];
            for (int column = 0; column < dimensions; column++)
            {
                Span<double> sums = products.AsSpan(column * dimensions, dimensions);
                for (int row = 0; row < sums.Length; row++)
                {
                    sums[row] += (double)y[row] * x[column];
                }
            }
        }

        Svd<double> svd = Matrix<double>.Build.Dense(dimensions, dimensions, products).Svd(computeVectors: true);
        var rotation = new Matrix(dimensions, dimensions);
        double[] sum = new double[dimensions];
        for (int row = 0; row < dimensions; row++)
        {
            Array.Clear(sum);
            for (int k = 0; k < dimensions; k++)
            {
                double u = svd.U[row, k];
                for (int column = 0; column < dimensions; column++)
                {
                    sum[column] += u * svd.VT[k, column];
                }
            }

            for (int column = 0; column < dimensions; column++)
            {
                rotation[row][column] = (float)sum[column];
            }
        }

        return rotation;
    }
}
