using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class WeightedMixTests
{
    [Fact]
    public void Agrees_with_the_loop() =>
        OpCheck.Run([new(2, 3), new(2, 3), new(2, 3), new(3), new(1)], x => Tensor.WeightedMix([x[0], x[1], x[2]], x[3], x[4]), x => Mix(x));

    [Fact]
    public void Adds_to_gradients_and_mixes_a_layer_with_itself() =>
        OpCheck.Run([new(2, 3), new(2), new(1)], x => Tensor.WeightedMix([x[0], x[0]], x[1], x[2]) + Tensor.WeightedMix([x[0], x[0] * x[0]], x[1], x[2]),
            x => [.. Mix([x[0], x[0], x[1], x[2]]).Zip(Mix([x[0], [.. x[0].Select(a => a * a)], x[1], x[2]]), (a, b) => a + b)]);

    [Fact]
    public void Large_weights_do_not_overflow()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor weights = pass.Copy([1000, 1000, -1000], new(3)), gamma = pass.Copy([2], new(1));
        Tensor.WeightedMix([pass.Copy([1], new(1)), pass.Copy([3], new(1)), pass.Copy([99], new(1))], weights, gamma).Item.Should().Be(4);
        weights.Data[1] = 999;
        Tensor.WeightedMix([pass.Copy([1], new(1)), pass.Copy([3], new(1)), pass.Copy([99], new(1))], weights, gamma).Item.Should().BeApproximately(3.0757657f, 1e-6f);
    }

    [Fact]
    public void Layers_that_are_constants_get_no_gradient()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Parameter weights = new("weights", new(13)), gamma = new("gamma", new(1));
        Tensor[] layers = [.. Enumerable.Range(0, 13).Select(i => pass.Copy([i, 1], new(1, 2)))];
        Tensor.WeightedMix(layers, weights, gamma).Sum().Backward();
        gamma.Gradient[0].Should().BeApproximately(7, 1e-5f);
        weights.Gradient.ToArray().Should().OnlyContain(x => x == 0);
        layers[3].Gradient.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Bits_do_not_depend_on_workers() =>
        SameBits.OnAnyWorkers([new(300, 210), new(300, 210), new(2), new(1)], x => Tensor.WeightedMix([x[0], x[1]], x[2], x[3]));

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Zeros(new(2, 3)), two = pass.Zeros(new(2)), one = pass.Zeros(new(1));
        new Action(() => Tensor.WeightedMix([], two, one)).Should().Throw<ArgumentException>();
        new Action(() => Tensor.WeightedMix([x, x], one, one)).Should().Throw<ArgumentException>().WithMessage("*2 layers need the weights [2]*not [1]*");
        new Action(() => Tensor.WeightedMix([x, x], two, two)).Should().Throw<ArgumentException>().WithMessage("*not [2]*");
        new Action(() => Tensor.WeightedMix([x, two], two, one)).Should().Throw<ArgumentException>().WithMessage("*Layer 1 is [2] and layer 0 [2, 3]*");
    }

    private static double[] Mix(double[][] x)
    {
        int layers = x.Length - 2;
        double sum = x[layers].Sum(Math.Exp);
        double[] y = new double[x[0].Length];
        for (int i = 0; i < y.Length; i++)
        {
            for (int j = 0; j < layers; j++) y[i] += x[^1][0] * Math.Exp(x[layers][j]) / sum * x[j][i];
        }

        return y;
    }
}
