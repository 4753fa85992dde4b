using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

public sealed unsafe class MatrixStreamTests
{
    // Around a strip, a piece, and the distance of fetching ahead; and where another way of multiplying takes over.
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 16, 16 }, { 1, 33, 32 }, { 2, 50, 512 }, { 3, 17, 528 }, { 4, 100, 1040 }, { 1, 1500, 768 }, { 4, 1024, 320 }, { 5, 40, 64 }, { 1, 15, 64 }, { 1, 40, 40 },
        { 24, 100, 96 }, { 31, 96, 1024 }, { 32, 96, 1024 }, { 256, 50, 33 }, { 257, 50, 33 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Few_rows_have_the_bits_of_the_scalar_chain(int m, int n, int k)
    {
        float[] a = OpCheck.Random(new(m, k), 1), b = OpCheck.Random(new(n, k), 2), bias = OpCheck.Random(new(n), 3), c = new float[m * n];
        using Workers one = new(1), two = new(2), five = new(5);
        foreach (bool hasBias in new[] { false, true })
        {
            float[] expected = Chain(m, n, k, a, b, hasBias ? bias : null);
            foreach (Workers workers in new[] { one, two, five })
            {
                Array.Fill(c, float.NaN);
                fixed (float* pa = a, pb = b, pc = c, pBias = bias)
                    MatrixMultiply.Run(workers, Transpose.Right, m, n, k, pa, k, pb, k, pc, n, accumulate: false, hasBias ? pBias : null);
                SameBits.Equal(c, expected).Should().BeTrue($"{m} x {k} > {n}, {workers.Count} workers, bias {hasBias}");
            }
        }
    }

    internal static float[] Chain(int m, int n, int k, float[] a, float[] b, float[]? bias)
    {
        float[] c = new float[m * n];
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                float sum = bias?[column] ?? 0;
                for (int i = 0; i < k; i++) sum = MathF.FusedMultiplyAdd(a[row * k + i], b[column * k + i], sum);
                c[row * n + column] = sum;
            }
        }

        return c;
    }
}
