using BenchmarkDotNet.Attributes;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra.Single;
using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>C = A·B of 256 x 256 values.</summary>
public unsafe class MatrixProductLadder : SimdLadder
{
    private const int Size = 256;

    private float* _a, _b;
    private DenseMatrix _left = null!, _right = null!, _product = null!;

    private protected override void Prepare()
    {
        Control.UseManaged();
        Control.MaxDegreeOfParallelism = 1;
        _a = Uniform(Size * Size, -1, 1);
        _b = Uniform(Size * Size, -1, 1);
        Result = Zeros(Size * Size);

        // MathNet's matrices lie by columns: Cᵀ = Bᵀ·Aᵀ is ours by rows.
        _left = new DenseMatrix(Size, Size, new ReadOnlySpan<float>(_b, Size * Size).ToArray());
        _right = new DenseMatrix(Size, Size, new ReadOnlySpan<float>(_a, Size * Size).ToArray());
        _product = new DenseMatrix(Size, Size);
        Expected = new double[Size * Size];
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                for (int k = 0; k < Size; k++) Expected[i * Size + j] += (double)_a[i * Size + k] * _b[k * Size + j];
            }
        }
    }

    private protected override void Plain()
    {
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                float sum = 0;
                for (int k = 0; k < Size; k++) sum = MathF.FusedMultiplyAdd(_a[i * Size + k], _b[k * Size + j], sum);
                Result[i * Size + j] = sum;
            }
        }
    }

    private protected override void Ours<TSimd>()
    {
        int width = typeof(TSimd) == typeof(Simd512) ? 16 : typeof(TSimd) == typeof(Simd256) ? 8 : 4;
        MatrixKernels kernels = MatrixKernels.Supported.First(supported => supported.Width == width);
        MatrixMultiply.RunBatch(Widths.Alone, kernels, Transpose.None, 1, Size, Size, Size, _a, 0, Size, _b, 0, Size, Result, 0, Size, accumulate: false);
    }

    [Benchmark]
    public void MathNet()
    {
        _left.Multiply(_right, _product);
        _product.Values.CopyTo(new Span<float>(Result, Size * Size));
    }
}
