using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class MatMulTests
{
    private const int M = 5, N = 6, K = 7;

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(3, false, false)]
    [InlineData(3, true, false)]
    [InlineData(3, false, true)]
    public void Equals_a_double_loop(int batch, bool transposeLeft, bool transposeRight)
    {
        Shape left = transposeLeft ? new(batch, K, M) : new(batch, M, K), right = transposeRight ? new(batch, N, K) : new(batch, K, N);
        OpCheck.Run([left, right], x => Tensor.MatMul(x[0], x[1], transposeLeft, transposeRight), x =>
        {
            double[] c = new double[batch * M * N];
            for (int b = 0; b < batch; b++)
            {
                for (int i = 0; i < M; i++)
                {
                    for (int j = 0; j < N; j++)
                    {
                        for (int k = 0; k < K; k++)
                            c[(b * M + i) * N + j] += x[0][b * M * K + (transposeLeft ? k * M + i : i * K + k)] * x[1][b * K * N + (transposeRight ? j * K + k : k * N + j)];
                    }
                }
            }

            return c;
        });
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Multiplies_a_batch_by_one_matrix(bool transposeLeft, bool transposeRight)
    {
        Shape left = transposeLeft ? new(2, 2, K, M) : new(2, 2, M, K), right = transposeRight ? new(N, K) : new(K, N);
        OpCheck.Run([left, right], x => Tensor.MatMul(x[0], x[1], transposeLeft, transposeRight), x =>
            [.. Enumerable.Range(0, 4 * M * N).Select(c => Enumerable.Range(0, K).Sum(k =>
                x[0][c / (M * N) * M * K + (transposeLeft ? k * M + c / N % M : c / N % M * K + k)] * x[1][transposeRight ? c % N * K + k : k * N + c % N]))]);
    }

    [Fact]
    public void Multiplies_a_matrix_by_itself_and_adds_to_gradients() =>
        OpCheck.Run([new(4, 4)], x => Tensor.MatMul(x[0], x[0]) + Tensor.MatMul(x[0], x[0], transposeRight: true), x =>
            [.. Enumerable.Range(0, 16).Select(c => Enumerable.Range(0, 4).Sum(k => x[0][c / 4 * 4 + k] * (x[0][k * 4 + c % 4] + x[0][c % 4 * 4 + k])))]);

    [Fact]
    public void Threads_change_no_bit()
    {
        SameBits.OnAnyWorkers([new(2, 130, 70), new(2, 70, 90)], x => Tensor.MatMul(x[0], x[1]));
        SameBits.OnAnyWorkers([new(3, 130, 70), new(90, 70)], x => Tensor.MatMul(x[0], x[1], transposeRight: true));
        SameBits.OnAnyWorkers([new(3, 70, 130), new(70, 90)], x => Tensor.MatMul(x[0], x[1], transposeLeft: true));
    }

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor a = pass.Zeros(new(2, 3, 4)), b = pass.Zeros(new(2, 5, 4));
        new Action(() => Tensor.MatMul(a, b)).Should().Throw<ArgumentException>().Which.Message.Should().StartWith("The product of [2, 3, 4] and [2, 5, 4]: the left side's columns");
        new Action(() => Tensor.MatMul(pass.Zeros(new(3, 4)), pass.Zeros(new(2, 4, 5)))).Should().Throw<ArgumentException>().WithMessage("*or the right side one matrix*");
        new Action(() => Tensor.MatMul(a, pass.Zeros(new(4)))).Should().Throw<ArgumentException>().WithMessage("*a matrix has two axes*");
        new Action(() => Tensor.MatMul(a, b, true, true)).Should().Throw<ArgumentException>();
        Tensor.MatMul(a, b, transposeRight: true).Shape.Should().Be(new Shape(2, 3, 5));
    }
}
