using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class LinearTests
{
    [Theory]
    [InlineData(Activation.None, false)]
    [InlineData(Activation.None, true)]
    [InlineData(Activation.Relu, false)]
    [InlineData(Activation.GeluTanh, true)]
    [InlineData(Activation.GeluExact, false)]
    [InlineData(Activation.Tanh, false)]
    [InlineData(Activation.Sigmoid, true)]
    public void Equals_a_double_loop(Activation activation, bool isByInputs) => OpCheck.Run(
        [new(2, 5, 7), isByInputs ? new(7, 9) : new(9, 7), new(9)],
        x => x[0].Linear(x[1], x[2], activation, isByInputs),
        x => [.. Product(x[0], x[1], isByInputs).Select((sum, i) => ActivationTests.Exact(activation, sum + x[2][i % 9]))]);

    [Fact]
    public void Needs_no_bias() => OpCheck.Run([new(10, 7), new(9, 7)], x => x[0].Linear(x[1]), x => Product(x[0], x[1], false));

    [Fact]
    public void Adds_to_gradients_of_an_input_that_is_used_twice() => OpCheck.Run(
        [new(9, 9), new(9, 9), new(9)],
        x => x[0].Linear(x[1], x[2], Activation.Tanh) + x[0].Linear(x[1], x[2], Activation.Relu, isByInputs: true) + x[1],
        x => [.. Enumerable.Range(0, 81).Select(i => TwiceUsed(x, i / 9, i % 9))]);

    [Fact]
    public void Threads_change_no_bit()
    {
        SameBits.OnAnyWorkers([new(300, 70), new(90, 70), new(90)], x => x[0].Linear(x[1], x[2], Activation.GeluTanh));
        SameBits.OnAnyWorkers([new(300, 70), new(70, 90), new(90)], x => x[0].Linear(x[1], x[2], Activation.Tanh, isByInputs: true));
    }

    [Fact]
    public void Takes_no_memory_beside_its_output_in_inference()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor x = pass.Zeros(new(64, 16)), weight = pass.Zeros(new(32, 16)), bias = pass.Zeros(new(32));
        long before = arena.UsedBytes;
        x.Linear(weight, bias, Activation.GeluExact);
        (arena.UsedBytes - before).Should().Be(64 * 32 * sizeof(float));
    }

    [Fact]
    public void Frozen_weights_get_no_gradient()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Parameter weight = new("weight", new(1, 2)) { IsTrainable = false }, bias = new("bias", new(1));
        pass.Copy([1, 2, 3, 4], new(2, 2)).Linear(weight, bias).Sum().Backward();
        weight.Gradient.IsEmpty.Should().BeTrue();
        bias.Gradient.ToArray().Should().Equal(2);
    }

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor x = pass.Zeros(new(2, 3)), weight = pass.Zeros(new(4, 5));
        new Action(() => x.Linear(weight)).Should().Throw<ArgumentException>().Which.Message.Should().StartWith("The weight is [4, 5]; for the input [2, 3] it needs to be [outputs, 3].");
        new Action(() => x.Linear(pass.Zeros(new(4, 3)), pass.Zeros(new(3)))).Should().Throw<ArgumentException>().Which.Message.Should().StartWith("The bias is [3]; it needs to be [4].");
        new Action(() => x.Linear(pass.Zeros(new(4, 3)), activation: (Activation)9)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("There is no activation 9*");
    }

    // tanh(x·Wᵀ + b) + max(x·W + b, 0) + W
    private static double TwiceUsed(double[][] x, int row, int output)
    {
        double byOutputs = x[2][output], byInputs = x[2][output];
        for (int k = 0; k < 9; k++) (byOutputs, byInputs) = (byOutputs + x[0][row * 9 + k] * x[1][output * 9 + k], byInputs + x[0][row * 9 + k] * x[1][k * 9 + output]);
        return Math.Tanh(byOutputs) + Math.Max(byInputs, 0) + x[1][row * 9 + output];
    }

    private static double[] Product(double[] x, double[] w, bool isByInputs)
    {
        double[] y = new double[10 * 9];
        for (int row = 0; row < 10; row++)
        {
            for (int output = 0; output < 9; output++)
            {
                for (int k = 0; k < 7; k++) y[row * 9 + output] += x[row * 7 + k] * (isByInputs ? w[k * 9 + output] : w[output * 7 + k]);
            }
        }

        return y;
    }
}
