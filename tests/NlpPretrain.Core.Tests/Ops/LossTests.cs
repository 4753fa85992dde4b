using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class LossTests
{
    [Fact]
    public void Mean_squared_error_agrees_with_the_loop() =>
        OpCheck.Run([new(3, 5), new(3, 5)], x => x[0].MeanSquaredError(x[1]) * 2 + x[0].MeanSquaredError(x[1]), x => [3 * x[0].Zip(x[1], (a, b) => (a - b) * (a - b)).Average()]);

    [Fact]
    public void Binary_cross_entropy_agrees_with_the_loop()
    {
        float[] targets = [0, 1, 0.3f, 1, 0, 0.5f];
        OpCheck.Run([new(2, 3)], x => x[0].BinaryCrossEntropyWithLogits(x[0].Pass.Copy(targets, new(2, 3))),
            x => [x[0].Select((a, i) => -(targets[i] * Math.Log(1 / (1 + Math.Exp(-a))) + (1 - targets[i]) * Math.Log(1 - 1 / (1 + Math.Exp(-a))))).Average()], scale: 4);
    }

    [Theory]
    [InlineData(-1000, 0, 0, 0)]
    [InlineData(-20, 0, 2.0611536e-9f, 2.0611536e-9f)]
    [InlineData(-33, 0, 4.6588861e-15f, 4.6588861e-15f)]          // log(1 + e) without care is wrong by a fiftieth
    [InlineData(-40, 0, 4.2483543e-18f, 4.2483543e-18f)]
    [InlineData(1000, 1, 0, 0)]
    [InlineData(1000, 0, 1000, 1)]
    [InlineData(-1000, 1, 1000, -1)]
    [InlineData(float.NaN, 1, float.NaN, float.NaN)]
    public void Binary_cross_entropy_keeps_its_digits_far_from_zero(float logit, float target, float loss, float slope)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Variable([logit], new(1)), y = x.BinaryCrossEntropyWithLogits(pass.Copy([target], new(1)));
        y.Backward();
        Near(y.Item, loss);
        Near(x.Gradient[0], slope);

        static void Near(float actual, float expected)
        {
            if (float.IsNaN(expected)) actual.Should().Be(float.NaN);
            else actual.Should().BeApproximately(expected, Math.Abs(expected) * 1e-6f + 1e-37f);
        }
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(2, 131)]
    public void Cosine_similarity_agrees_with_the_loop(int rows, int columns) =>
        OpCheck.Run([new(rows, columns), new(rows, columns)], x => Tensor.CosineSimilarity(x[0], x[1]), x => Cosines(x[0], x[1], columns));

    [Fact]
    public void Cosine_similarity_keeps_the_axes_in_front_and_adds_to_gradients()
    {
        OpCheck.Run([new(2, 2, 4)], x => Tensor.CosineSimilarity(x[0], x[0] * x[0]) * 2 + Tensor.CosineSimilarity(x[0], x[0] * x[0]),
            x => [.. Cosines(x[0], [.. x[0].Select(a => a * a)], 4).Select(a => 3 * a)], tolerance: 3e-5);

        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Zeros(new(2, 3, 4));
        Tensor.CosineSimilarity(x, x).Shape.Should().Be(new Shape(2, 3));
        Tensor.CosineSimilarity(x, x).Data.ToArray().Should().AllBeEquivalentTo(0f);
        Tensor.CosineSimilarity(pass.Zeros(new(4)), pass.Zeros(new(4))).Shape.Should().Be(new Shape(1));
    }

    [Fact]
    public void The_gradient_of_the_cosine_with_a_row_of_zeros_is_that_of_the_least_norm()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor zeros = pass.Variable([0, 0], new(1, 2)), other = pass.Variable([3, 4], new(1, 2));
        Tensor.CosineSimilarity(zeros, other).Backward();
        zeros.Gradient[0].Should().BeApproximately(0.6e8f, 10);
        zeros.Gradient[1].Should().BeApproximately(0.8e8f, 10);
        other.Gradient.ToArray().Should().Equal(0, 0);
    }

    [Fact]
    public void Bits_do_not_depend_on_workers()
    {
        float[] targets = [.. OpCheck.Random(new(300, 210)).Select(t => t > 0 ? 1f : 0)];
        SameBits.OnAnyWorkers([new(300, 210)], x => x[0].BinaryCrossEntropyWithLogits(x[0].Pass.Copy(targets, new(300, 210))));
        SameBits.OnAnyWorkers([new(300, 210), new(300, 210)], x => x[0].MeanSquaredError(x[1]) + Tensor.CosineSimilarity(x[0], x[1]).Sum());
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Zeros(new(2, 3)), y = pass.Zeros(new(3, 2)), variable = pass.Variable(new float[6], new(2, 3));
        new Action(() => x.MeanSquaredError(y)).Should().Throw<ArgumentException>().WithMessage("*predictions are [2, 3] and the targets [3, 2]*");
        new Action(() => x.BinaryCrossEntropyWithLogits(y)).Should().Throw<ArgumentException>().WithMessage("*logits are [2, 3] and the targets [3, 2]*");
        new Action(() => x.BinaryCrossEntropyWithLogits(variable)).Should().Throw<ArgumentException>().WithMessage("*are constants*");
        new Action(() => Tensor.CosineSimilarity(x, y)).Should().Throw<ArgumentException>().WithMessage("*not of [2, 3] and [3, 2]*");
    }

    private static double[] Cosines(double[] a, double[] b, int columns)
    {
        double[] y = new double[a.Length / columns];
        for (int row = 0; row < y.Length; row++)
        {
            double product = 0, left = 0, right = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++) (product, left, right) = (product + a[i] * b[i], left + a[i] * a[i], right + b[i] * b[i]);
            y[row] = product / Math.Sqrt(left * right);
        }

        return y;
    }
}
