using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

public sealed unsafe class MatrixTurnedTests
{
    private const float Untouched = 12345;

    // Rows around registers and strips, outputs around blocks of 16 and 48 and panels, terms around a block of sums and with rows that collide in cache.
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 48, 1 }, { 13, 49, 17 }, { 16, 63, 64 }, { 17, 64, 65 }, { 32, 95, 768 }, { 33, 96, 769 }, { 20, 500, 1024 }, { 128, 97, 1100 }, { 129, 145, 2048 }, { 256, 50, 40 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Some_rows_have_the_bits_of_the_scalar_chain(int m, int n, int k)
    {
        float[] a = OpCheck.Random(new(m, k), 1), b = OpCheck.Random(new(n, k), 2), bias = OpCheck.Random(new(n), 3);
        using Workers one = new(1), two = new(2), five = new(5);
        foreach (bool hasBias in new[] { false, true })
        {
            float[] expected = MatrixStreamTests.Chain(m, n, k, a, b, hasBias ? bias : null);
            foreach (MatrixKernels kernels in MatrixKernels.Supported)
            {
                foreach (Workers workers in new[] { one, two, five }) Check(workers, kernels, gap: 0);
            }

            Check(two, MatrixKernels.Best, gap: 3);

            void Check(Workers workers, MatrixKernels kernels, int gap)
            {
                int stride = n + gap;
                float[] c = new float[m * stride];
                Array.Fill(c, Untouched);
                fixed (float* pa = a, pb = b, pc = c, pBias = bias) MatrixTurned.Run(workers, kernels, m, n, k, pa, k, pb, k, pc, stride, hasBias ? pBias : null);
                for (int row = 0; row < m; row++)
                {
                    ReadOnlySpan<float> found = c.AsSpan(row * stride, stride);
                    SameBits.Equal(found[..n], expected.AsSpan(row * n, n)).Should().BeTrue($"row {row} of {m} x {k} > {n}, {kernels}, {workers.Count} workers, bias {hasBias}");
                    found[n..].ToArray().Should().AllBeEquivalentTo(Untouched);
                }
            }
        }
    }

    [Fact]
    public void Rows_of_the_factors_may_lie_apart()
    {
        const int M = 21, N = 70, K = 50, Lda = 60, Ldb = 1024;
        float[] a = OpCheck.Random(new(M, Lda), 1), b = OpCheck.Random(new(N, Ldb), 2), c = new float[M * N];
        using Workers two = new(2);
        fixed (float* pa = a, pb = b, pc = c) MatrixTurned.Run(two, MatrixKernels.Best, M, N, K, pa, Lda, pb, Ldb, pc, N, null);
        float[] left = [.. Enumerable.Range(0, M * K).Select(i => a[i / K * Lda + i % K])], right = [.. Enumerable.Range(0, N * K).Select(i => b[i / K * Ldb + i % K])];
        SameBits.Equal(c, MatrixStreamTests.Chain(M, N, K, left, right, null)).Should().BeTrue();
    }
}
