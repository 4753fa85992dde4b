using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class PoolOverTimeTests
{
    private static readonly int[] Lengths = [3, 1, 2];

    [Fact]
    public void Takes_the_mean_within_lengths() =>
        OpCheck.Run([new(3, 4, 5)], x => x[0].MeanOverTime(Lengths) * x[0].MeanOverTime(Lengths), x => [.. Pool(x[0], column => column.Average()).Select(a => a * a)]);

    [Fact]
    public void Takes_the_largest_within_lengths() =>
        OpCheck.Run([new(3, 4, 5)], x => x[0].MaxOverTime(Lengths) * x[0].MaxOverTime(Lengths), x => [.. Pool(x[0], column => column.Max()).Select(a => a * a)]);

    [Fact]
    public void Takes_the_first() => OpCheck.Run([new(3, 4, 5)], x => x[0].FirstOverTime(), x => Pool(x[0], column => column[0]));

    [Fact]
    public void Takes_the_last_within_lengths() => OpCheck.Run([new(3, 4, 5)], x => x[0].LastOverTime(Lengths), x => Pool(x[0], column => column[^1]));

    [Fact]
    public void The_first_of_equal_values_gets_the_gradient_and_padding_none()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Variable([1, 2, 2, 9], new(1, 4, 1));
        x.MaxOverTime([3]).Sum().Backward();
        x.Gradient.ToArray().Should().Equal(0, 1, 0, 0);
        pass.Copy([1, float.NaN, 2], new(1, 3, 1)).MaxOverTime([3]).Item.Should().Be(float.NaN);
        pass.Copy([float.NaN, 1, 2], new(1, 3, 1)).MaxOverTime([3]).Item.Should().Be(float.NaN);
    }

    [Fact]
    public void Bits_do_not_depend_on_workers()
    {
        int[] lengths = [.. Enumerable.Range(0, 50).Select(i => 1 + i % 20)];
        SameBits.OnAnyWorkers([new(50, 20, 40)], x => x[0].MeanOverTime(lengths) + x[0].MaxOverTime(lengths) + x[0].LastOverTime(lengths) + x[0].FirstOverTime());
    }

    [Fact]
    public void Refuses_lengths_that_do_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Zeros(new(2, 3, 4));
        new Action(() => x.MeanOverTime([0, 3])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Length 0, of sequence 0, is not one from 1 to 3*");
        new Action(() => x.MaxOverTime([1, 4])).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => x.LastOverTime([1])).Should().Throw<ArgumentException>();
        new Action(() => x.Reshape(new(6, 4)).FirstOverTime()).Should().Throw<ArgumentException>();
    }

    private static double[] Pool(double[] x, Func<double[], double> function)
    {
        double[] y = new double[3 * 5];
        for (int i = 0; i < y.Length; i++) y[i] = function([.. Enumerable.Range(0, Lengths[i / 5]).Select(t => x[(i / 5 * 4 + t) * 5 + i % 5])]);
        return y;
    }
}
