using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

public unsafe class RowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(47)]
    [InlineData(64)]
    [InlineData(200)]
    public void Max_is_the_largest_wherever_it_is(int count)
    {
        float[] values = new float[count];
        fixed (float* x = values)
        {
            for (int i = 0; i < count; i++)
            {
                Array.Fill(values, -3);
                values[i] = -1;
                Row.Max<Simd512>(x, count, 2).Should().Be(-2);
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 7)]
    [InlineData(8, 32, 4)]
    [InlineData(13, 48, 9)]
    [InlineData(9, 83, 6)]
    public void Block_products_are_one_chain_of_fused_multiply_adds(int m, int n, int k)
    {
        float[] a = Values(m * k, 1), b = Values(k * n, 2), c = Values(m * n, 3), expected = [.. c], turned = [.. c];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int l = 0; l < k; l++) expected[i * n + j] = MathF.FusedMultiplyAdd(a[i * k + l], b[l * n + j], expected[i * n + j]);
            }
        }

        float[] aTurned = new float[m * k];
        for (int i = 0; i < m * k; i++) aTurned[i % k * m + i / k] = a[i];
        fixed (float* pa = a, pt = aTurned, pb = b, pc = c, pd = turned)
        {
            BlockMultiply.Run(m, n, k, pa, k, 1, pb, n, pc, n, accumulate: true);
            BlockMultiply.Run(m, n, k, pt, 1, m, pb, n, pd, n, accumulate: true);
        }

        c.Should().Equal(expected);
        turned.Should().Equal(expected);
    }

    private static float[] Values(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => (i * 37 + seed * 11) % 23 / 7f - 1.3f)];
}
