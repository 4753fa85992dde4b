using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class LayerNormTests
{
    [Theory]
    [InlineData(3, 5)]
    [InlineData(2, 16)]
    [InlineData(1, 1)]
    [InlineData(35, 17)]
    [InlineData(3, 131)]
    public void Agrees_with_the_loop(int rows, int columns) =>
        OpCheck.Run([new(rows, columns), new(columns), new(columns)], x => x[0].LayerNorm(x[1], x[2], 1e-2f), x => Reference(x, columns, 1e-2));

    [Fact]
    public void Works_over_the_last_of_three_axes_and_adds_to_gradients() =>
        OpCheck.Run([new(2, 3, 4), new(4), new(4)], x => x[0].LayerNorm(x[1], x[2]) + x[0].LayerNorm(x[1], x[2]), x => [.. Reference(x, 4, 1e-5).Select(y => 2 * y)], tolerance: 5e-5);

    [Fact]
    public void Keeps_the_variance_of_rows_far_from_zero() =>
        OpCheck.Run([[.. OpCheck.Random(new(2, 48)).Select(v => v + 1000)], OpCheck.Random(new(48)), OpCheck.Random(new(48))], [new(2, 48), new(48), new(48)],
            x => x[0].LayerNorm(x[1], x[2]), x => Reference(x, 48, 1e-5), tolerance: 1e-3);

    [Fact]
    public void Bits_do_not_depend_on_workers() => SameBits.OnAnyWorkers([new(150, 300), new(300), new(300)], x => x[0].LayerNorm(x[1], x[2]));

    [Fact]
    public void Frozen_inputs_get_no_gradient()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Parameter gain = new("gain", new(4)) { IsTrainable = false }, bias = new("bias", new(4));
        Tensor output = pass.Copy(OpCheck.Random(new(2, 4)), new(2, 4)).LayerNorm(gain, bias);
        OpCheck.Weighted(output, [1, 2, 3, 4, 5, 6, 7, 8]).Backward();
        gain.Gradient.IsEmpty.Should().BeTrue();
        bias.Gradient.ToArray().Should().Equal(6, 8, 10, 12);
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor x = pass.Zeros(new(2, 4)), four = pass.Zeros(new(4)), three = pass.Zeros(new(3));
        new Action(() => x.LayerNorm(four, three)).Should().Throw<ArgumentException>().WithMessage("*needs a gain and a bias [4]*the bias [3]*");
        new Action(() => x.LayerNorm(three, four)).Should().Throw<ArgumentException>();
        new Action(() => x.LayerNorm(four, four, -1)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => x.LayerNorm(four, four, float.NaN)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static double[] Reference(double[][] x, int columns, double epsilon)
    {
        double[] y = new double[x[0].Length];
        for (int start = 0; start < y.Length; start += columns)
        {
            double[] row = x[0][start..(start + columns)];
            double mean = row.Average(), variance = row.Select(v => (v - mean) * (v - mean)).Average();
            for (int i = 0; i < columns; i++) y[start + i] = x[1][i] * (row[i] - mean) / Math.Sqrt(variance + epsilon) + x[2][i];
        }

        return y;
    }
}
