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

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor a = pass.Zeros(new(2, 3, 4)), b = pass.Zeros(new(2, 5, 4));
        new Action(() => Tensor.MatMul(a, b)).Should().Throw<ArgumentException>().Which.Message.Should().StartWith("The product of [2, 3, 4] and [2, 5, 4]: the left side's columns");
        new Action(() => Tensor.MatMul(a, b, true, true)).Should().Throw<ArgumentException>();
        Tensor.MatMul(a, b, transposeRight: true).Shape.Should().Be(new Shape(2, 3, 5));
    }
}
