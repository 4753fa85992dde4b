using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class ArithmeticTests
{
    [Fact]
    public void Subtracts_tensors_of_one_shape() =>
        OpCheck.Run([new(3, 5), new(3, 5)], x => x[0] - x[1], x => [.. x[0].Zip(x[1], (a, b) => a - b)]);

    [Fact]
    public void Subtracts_a_row_from_every_row() =>
        OpCheck.Run([new(2, 3, 5), new(5)], x => x[0] - x[1], x => [.. x[0].Select((a, i) => a - x[1][i % 5])]);

    [Fact]
    public void Subtracts_a_tensor_from_itself() => OpCheck.Run([new(7)], x => x[0] - x[0], x => new double[7]);

    [Fact]
    public void Multiplies_tensors_of_one_shape() =>
        OpCheck.Run([new(3, 5), new(3, 5)], x => x[0] * x[1], x => [.. x[0].Zip(x[1], (a, b) => a * b)]);

    [Fact]
    public void Multiplies_every_row_by_a_row() =>
        OpCheck.Run([new(2, 67, 5), new(5)], x => x[0] * x[1], x => [.. x[0].Select((a, i) => a * x[1][i % 5])]);

    [Fact]
    public void Multiplies_a_tensor_by_itself() => OpCheck.Run([new(7)], x => x[0] * x[0], x => [.. x[0].Select(a => a * a)]);

    [Fact]
    public void Scales_and_negates_and_adds_to_gradients() =>
        OpCheck.Run([new(3, 7)], x => 0.3f * x[0] + -x[0] + x[0] * x[0] * 2, x => [.. x[0].Select(a => 0.3f * a - a + 2 * a * a)]);

    [Fact]
    public void Sums_to_one_value() => OpCheck.Run([new(3, 37)], x => x[0].Sum() + (x[0] * x[0]).Sum(), x => [x[0].Sum() + x[0].Sum(a => a * a)]);

    [Fact]
    public void Means_to_one_value() => OpCheck.Run([new(3, 37)], x => x[0].Mean() + x[0].Mean(), x => [2 * x[0].Average()]);

    [Fact]
    public void Sums_many_values_almost_exactly()
    {
        using TensorArena arena = new(3);
        using Pass pass = Pass.Inference(arena);
        float[] values = OpCheck.Random(new(3_000_000));
        double expected = values.Sum(value => (double)value + 1);
        for (int i = 0; i < values.Length; i++) values[i] += 1;
        Tensor x = pass.Copy(values, new(values.Length));
        x.Sum().Item.Should().BeApproximately((float)expected, 1);
        x.Mean().Item.Should().BeApproximately((float)(expected / values.Length), 1e-6f);
    }

    [Fact]
    public void Bits_do_not_depend_on_workers()
    {
        SameBits.OnAnyWorkers([new(300, 210), new(300, 210), new(210)], x => (x[0] * x[1] - x[1]) * x[2] + x[2]);
        SameBits.OnAnyWorkers([new(300, 210), new(210)], x => ((x[0] - x[1]) * 0.7f).Sum() * x[0].Mean());
    }

    [Fact]
    public void Passes_on_values_that_are_not_numbers()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Copy([float.NaN, float.PositiveInfinity], new(2));
        (x - x).Data.ToArray().Should().Equal(float.NaN, float.NaN);
        x.Sum().Item.Should().Be(float.NaN);
    }

    [Fact]
    public void A_parameter_may_be_either_side()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Parameter weights = new("weights", new(2));
        weights.Data.Fill(3);
        Tensor x = pass.Copy([1, 2], new(2));
        (weights * x - x).Sum().Backward();
        weights.Gradient.ToArray().Should().Equal(1, 2);
        new Action(() => (weights.AsTensor() * weights.AsTensor()).Sum()).Should().Throw<InvalidOperationException>().WithMessage("*'weights' belongs to no pass*");
    }

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor left = pass.Zeros(new(2, 3)), right = pass.Zeros(new(2));
        new Action(() => _ = left - right).Should().Throw<ArgumentException>().WithMessage("[[]2, 3] − [[]2]: the right side needs the same shape, or one axis of 3*".Replace("[[]", "["));
        new Action(() => _ = left * right).Should().Throw<ArgumentException>();
    }
}
