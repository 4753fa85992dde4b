using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NlpPretrain.Kernels;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests.Kernels;

public sealed class MatrixMultiplyTests
{
    private const string Variable = "NLPPRETRAIN_MATRIX_HASH";

    // Rows, columns and terms around every tile, register and block edge.
    private static readonly (int M, int N, int K)[] Sizes =
    [
        (1, 1, 1), (1, 33, 7), (2, 16, 17), (3, 5, 0), (4, 8, 3), (5, 31, 16), (6, 32, 33), (7, 48, 20), (8, 17, 15), (11, 9, 64), (12, 32, 31), (13, 64, 32),
        (23, 47, 65), (25, 100, 48), (40, 70, 130), (1, 200, 800), (30, 30, 900), (260, 40, 400), (64, 300, 96),
    ];

    public static TheoryData<string> Widths => [.. MatrixKernels.Supported.Select(kernels => kernels.Name)];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_variant_computes_the_bits_of_the_scalar_loop(string width)
    {
        MatrixKernels kernels = MatrixKernels.Supported.Single(kernels => kernels.Name == width);
        using Workers one = new(1), two = new(2), five = new(5);
        foreach ((int m, int n, int k) in Sizes)
        {
            foreach (Transpose transpose in Enum.GetValues<Transpose>())
            {
                foreach (bool accumulate in new[] { false, true })
                {
                    Product product = new(transpose, m, n, k, batch: 1, seed: m + n + k);
                    float[] expected = product.Chain(accumulate);
                    foreach (Workers workers in new[] { one, two, five })
                        product.Run(workers, kernels, accumulate).Should().Equal(expected, $"{transpose} {m} x {k} > {n}, {workers.Count} workers");
                    if (!accumulate) product.Run(two, kernels, accumulate, hasBias: true).Should().Equal(product.Chain(accumulate, hasBias: true), $"with a bias, {transpose} {m} x {k} > {n}");
                    if (k == 0 || transpose == Transpose.Left) continue;

                    PackedMatrix packed = new(k, n, kernels);
                    foreach (Workers workers in new[] { one, two })
                        product.RunPacked(workers, packed, accumulate).Should().Equal(expected, $"packed {transpose} {m} x {k} > {n}, {workers.Count} workers");
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 20, 30, 40)]
    [InlineData(3, 50, 70, 90)]
    [InlineData(12, 16, 24, 32)]
    [InlineData(40, 4, 5, 6)]
    [InlineData(7, 33, 47, 1000)]
    public void A_batch_is_independent_products(int batch, int m, int n, int k)
    {
        using Workers one = new(1), two = new(2), five = new(5);
        foreach (Transpose transpose in Enum.GetValues<Transpose>())
        {
            Product product = new(transpose, m, n, k, batch, seed: batch);
            foreach (bool accumulate in new[] { false, true })
            {
                float[] expected = product.Chain(accumulate);
                foreach (Workers workers in new[] { one, two, five })
                    product.Run(workers, MatrixKernels.Best, accumulate).Should().Equal(expected, $"{transpose}, {workers.Count} workers");
            }
        }
    }

    [Fact]
    public void Blocks_of_rows_and_columns_change_no_bit()
    {
        using Workers two = new(2);
        foreach (Transpose transpose in Enum.GetValues<Transpose>())
        {
            Product product = new(transpose, 500, 3300, 400, batch: 1, seed: 5);
            float[] expected = product.Chain(accumulate: true);
            product.Run(two, MatrixKernels.Best, accumulate: true).AsSpan().SequenceEqual(expected).Should().BeTrue(transpose.ToString());
        }
    }

    [Theory]
    [InlineData(70, 2300, 1000)]
    [InlineData(1500, 61, 800)]
    public void Packing_for_all_workers_changes_no_bit(int m, int n, int k)
    {
        using Workers two = new(2), five = new(5);
        foreach (Transpose transpose in Enum.GetValues<Transpose>())
        {
            Product product = new(transpose, m, n, k, batch: 1, seed: 6);
            float[] expected = product.Chain(accumulate: false, hasBias: true);
            foreach (MatrixKernels kernels in MatrixKernels.Supported)
                product.Run(two, kernels, accumulate: false, hasBias: true).AsSpan().SequenceEqual(expected).Should().BeTrue($"{transpose}, {kernels}");
            product.Run(five, MatrixKernels.Best, accumulate: true).AsSpan().SequenceEqual(product.Chain(accumulate: true)).Should().BeTrue($"{transpose}, five workers");
        }
    }

    [Fact]
    public void The_result_is_as_near_to_the_exact_sum_as_single_precision_allows()
    {
        using Workers two = new(2);
        foreach (Transpose transpose in Enum.GetValues<Transpose>())
        {
            Product product = new(transpose, 37, 53, 700, batch: 2, seed: 3);
            float[] result = product.Run(two, MatrixKernels.Best, accumulate: true);
            (double[] exact, double[] magnitude) = product.Exact(accumulate: true);
            for (int i = 0; i < result.Length; i++)
                if (magnitude[i] != 0) Math.Abs(result[i] - exact[i]).Should().BeLessThan(700 * magnitude[i] * Math.Pow(2, -24));
        }
    }

    [Fact]
    public void Infinities_and_NaN_reach_their_row_and_column_only()
    {
        using Workers two = new(2);
        Product product = new(Transpose.None, 30, 40, 50, batch: 1, seed: 1);
        product.A[7 * product.Lda + 3] = float.NaN;
        product.B[5 * product.Ldb + 9] = float.PositiveInfinity;
        float[] result = product.Run(two, MatrixKernels.Best, accumulate: false), expected = product.Chain(accumulate: false);
        for (int i = 0; i < result.Length; i++) result[i].Should().Be(expected[i]);
    }

    [Theory]
    [MemberData(nameof(ChildProcess.Settings), MemberType = typeof(ChildProcess))]
    public Task A_child_process_computes_the_same_bits(string setting, string value) =>
        ChildProcess.RunAsync<MatrixMultiplyTests>(nameof(The_bits_are_those_of_the_parent), cases: 1, (setting, value), (Variable, Hash()));

    [Fact]
    public void The_bits_are_those_of_the_parent()
    {
        string? expected = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(expected is null, "Runs in child processes only.");
        Hash().Should().Be(expected);
    }

    private static string Hash()
    {
        using Workers two = new(2);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((int m, int n, int k) in Sizes)
        {
            foreach (Transpose transpose in Enum.GetValues<Transpose>())
            {
                Product product = new(transpose, m, n, k, batch: 1, seed: 9);
                hash.AppendData(MemoryMarshal.AsBytes(product.Run(two, MatrixKernels.Best, accumulate: true).AsSpan()));
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Random matrices with rows longer than they need, and what their product must be.</summary>
    private sealed unsafe class Product
    {
        private readonly Transpose _transpose;
        private readonly int _m, _n, _k, _batch, _ldc;
        private readonly float[] _c, _bias;

        internal Product(Transpose transpose, int m, int n, int k, int batch, int seed)
        {
            (_transpose, _m, _n, _k, _batch) = (transpose, m, n, k, batch);
            (int rowsA, Lda) = transpose == Transpose.Left ? (k, m + 1) : (m, k + 3);
            (int rowsB, Ldb) = transpose == Transpose.Right ? (n, k + 2) : (k, n + 5);
            _ldc = n + 3;
            (AStep, BStep, CStep) = (rowsA * Lda + 2, rowsB * Ldb + 1, m * _ldc + 4);
            Random random = new(seed);
            (A, B, _c, _bias) = (Fill(batch * AStep), Fill(batch * BStep), Fill(batch * CStep), Fill(n));

            float[] Fill(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
        }

        internal float[] A { get; }

        internal float[] B { get; }

        internal int Lda { get; }

        internal int Ldb { get; }

        private int AStep { get; }

        private int BStep { get; }

        private int CStep { get; }

        internal float[] Run(Workers workers, MatrixKernels kernels, bool accumulate, bool hasBias = false)
        {
            float[] result = [.. _c];
            fixed (float* a = A, b = B, c = result, bias = _bias)
                MatrixMultiply.RunBatch(workers, kernels, _transpose, _batch, _m, _n, _k, a, AStep, Lda, b, BStep, Ldb, c, CStep, _ldc, accumulate, hasBias ? bias : null);
            return result;
        }

        internal float[] RunPacked(Workers workers, PackedMatrix packed, bool accumulate)
        {
            float[] result = [.. _c];
            fixed (float* a = A, b = B, c = result)
            {
                packed.Pack(workers, _transpose == Transpose.Right, b, Ldb);
                MatrixMultiply.Run(workers, _m, a, Lda, packed, c, _ldc, accumulate);
            }

            return result;
        }

        internal float[] Chain(bool accumulate, bool hasBias = false)
        {
            float[] result = [.. _c];
            float[] row = new float[_n];
            for (int batch = 0; batch < _batch; batch++)
            {
                for (int m = 0; m < _m; m++)
                {
                    Span<float> target = result.AsSpan(batch * CStep + m * _ldc, _n);
                    if (accumulate) target.CopyTo(row);
                    else if (hasBias) _bias.CopyTo(row, 0);
                    else row.AsSpan().Clear();
                    for (int k = 0; k < _k; k++)
                        for (int n = 0; n < _n; n++)
                            row[n] = MathF.FusedMultiplyAdd(A[AIndex(batch, m, k)], B[BIndex(batch, k, n)], row[n]);
                    row.CopyTo(target);
                }
            }

            return result;
        }

        internal (double[] Sums, double[] Magnitudes) Exact(bool accumulate)
        {
            double[] sums = new double[_c.Length], magnitudes = new double[_c.Length];
            for (int batch = 0; batch < _batch; batch++)
            {
                for (int m = 0; m < _m; m++)
                {
                    for (int n = 0; n < _n; n++)
                    {
                        int i = batch * CStep + m * _ldc + n;
                        if (accumulate) (sums[i], magnitudes[i]) = (_c[i], Math.Abs(_c[i]));
                        for (int k = 0; k < _k; k++)
                        {
                            double term = (double)A[AIndex(batch, m, k)] * B[BIndex(batch, k, n)];
                            (sums[i], magnitudes[i]) = (sums[i] + term, magnitudes[i] + Math.Abs(term));
                        }
                    }
                }
            }

            return (sums, magnitudes);
        }

        private int AIndex(int batch, int m, int k) => batch * AStep + (_transpose == Transpose.Left ? k * Lda + m : m * Lda + k);

        private int BIndex(int batch, int k, int n) => batch * BStep + (_transpose == Transpose.Right ? n * Ldb + k : k * Ldb + n);
    }
}
