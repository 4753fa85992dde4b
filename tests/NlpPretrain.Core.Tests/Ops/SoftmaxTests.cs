using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class SoftmaxTests
{
    [Theory]
    [InlineData(3, 5, 1f)]
    [InlineData(2, 16, 0.5f)]
    [InlineData(20, 37, -2f)]
    [InlineData(2, 130, 3f)]
    public void Agrees_with_the_loop(int rows, int columns, float scale) =>
        OpCheck.Run([new(rows, columns)], x => x[0].Softmax(scale), x => Reference(x[0], columns, scale), scale: 2);

    [Fact]
    public void Large_values_do_not_overflow() =>
        OpCheck.Run([[1, 100, 5000, 4999]], [new(1, 4)], x => x[0].Softmax(), x => Reference(x[0], 4, 1));

    [Fact]
    public void Adds_to_the_gradient() =>
        OpCheck.Run([new(2, 6)], x => x[0].Softmax() + x[0].Softmax(), x => [.. Reference(x[0], 6, 1).Select(y => 2 * y)]);

    [Fact]
    public void Minus_infinity_is_probability_zero_and_not_a_number_passes_through()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        pass.Copy([0, float.NegativeInfinity, 0], new(1, 3)).Softmax().Data.ToArray().Should().Equal(0.5f, 0, 0.5f);
        pass.Copy([0, float.NaN, 0], new(1, 3)).Softmax().Data.ToArray().Should().OnlyContain(x => float.IsNaN(x));
    }

    [Fact]
    public void Bits_do_not_depend_on_workers() => SameBits.OnAnyWorkers([new(70, 300)], x => x[0].Softmax(2));

    private static double[] Reference(double[] x, int columns, double scale)
    {
        double[] y = new double[x.Length];
        for (int start = 0; start < y.Length; start += columns)
        {
            double most = x[start..(start + columns)].Max(v => v * scale);
            double[] exponentials = [.. x[start..(start + columns)].Select(v => Math.Exp(v * scale - most))];
            for (int i = 0; i < columns; i++) y[start + i] = exponentials[i] / exponentials.Sum();
        }

        return y;
    }
}
