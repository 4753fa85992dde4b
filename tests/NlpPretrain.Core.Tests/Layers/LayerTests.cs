using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Layers;

/// <summary>Every parameter of a layer by its directional derivative: the loss a little on both sides against gradient times direction.</summary>
public class LayerTests
{
    private const float Difference = 1e-3f;

    [Fact]
    public void Linear() => Check(new Linear(6, 4, new(1), Activation.Tanh), (layer, pass) => layer.Forward(Input(pass, new(2, 3, 6))), "weight", "bias");

    [Fact]
    public void Linear_without_bias() => Check(new Linear(6, 4, new(1), hasBias: false), (layer, pass) => layer.Forward(Input(pass, new(5, 6))), "weight");

    [Fact]
    public void Embedding() => Check(new Embedding(7, 5, new(1)), (layer, pass) => layer.Forward(pass, [1, 6, 1, 0], new(2, 2)), "weight");

    [Fact]
    public void LayerNorm() => Check(new LayerNorm(9, new(1)), (layer, pass) => layer.Forward(Input(pass, new(4, 9))), "weight", "bias");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MultiHeadAttention(bool isCausal) => Check(new MultiHeadAttention(8, 2, isCausal, new(1)),
        (layer, pass) => layer.Forward(Input(pass, new(2, 5, 8)), [5, 3]), "c_attn.weight", "c_attn.bias", "c_proj.weight", "c_proj.bias");

    [Fact]
    public void FeedForward() => Check(new FeedForward(6, 24, Activation.GeluExact, new(1)), (layer, pass) => layer.Forward(Input(pass, new(3, 6))),
        "c_fc.weight", "c_fc.bias", "c_proj.weight", "c_proj.bias");

    [Fact]
    public void Lstm() => Check(new Lstm(4, 7, 3, new(1)), (layer, pass) => layer.Forward(Input(pass, new(5, 2, 4)), pass.Zeros(new(2, 3)), pass.Zeros(new(2, 7))).Output,
        "input.weight", "hidden.weight", "bias", "projection.weight");

    [Fact]
    public void CharacterConvolution() => Check(new CharacterConvolution(4, [(1, 3), (3, 5)], Activation.Tanh, new(1)), (layer, pass) => layer.Forward(Input(pass, new(6, 5, 4))),
        "0.weight", "0.bias", "1.weight", "1.bias");

    [Fact]
    public void Highway() => Check(new Highway(8, new(1)), (layer, pass) => layer.Forward(Input(pass, new(5, 8))), "transform.weight", "transform.bias", "carry.weight", "carry.bias");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ScalarMix(bool normalizes) => Check(new ScalarMix(3, new(1), normalizes), (layer, pass) => layer.Forward([Input(pass, new(2, 4)), Input(pass, new(2, 4), 2), Input(pass, new(2, 4), 3)]), "weights", "gamma");

    [Fact]
    public void Layers_compute_their_operations_with_all_their_settings()
    {
        Linear linear = new(6, 4, new(1), Activation.Sigmoid);
        Same(linear, new(3, 6), (_, x) => linear.Forward(x), (_, x, p) => x.Linear(p[0], p[1], Activation.Sigmoid));

        LayerNorm norm = new(6, new(1), epsilon: 0.5f);
        Same(norm, new(3, 6), (_, x) => norm.Forward(x), (_, x, p) => x.LayerNorm(p[0], p[1], 0.5f));

        FeedForward feedForward = new(6, 10, Activation.Relu, new(1));
        Same(feedForward, new(3, 6), (_, x) => feedForward.Forward(x), (_, x, p) => x.Linear(p[0], p[1], Activation.Relu).Linear(p[2], p[3]));

        foreach (bool isCausal in new[] { false, true })
        {
            MultiHeadAttention attention = new(8, 2, isCausal, new(1), dropout: 0.4f);
            Same(attention, new(2, 5, 8), (_, x) => attention.Forward(x, [5, 3]), (_, x, p) => x.Linear(p[0], p[1]).SelfAttention(2, isCausal, [5, 3], 0.4f).Linear(p[2], p[3]));
        }

        Lstm lstm = new(4, 7, 3, new(1), cellLimit: 0.1f, projectionLimit: 0.2f);
        Same(lstm, new(5, 2, 4), (pass, x) => lstm.Forward(x, pass.Zeros(new(2, 3)), pass.Zeros(new(2, 7)), [5, 2]).Output,
            (pass, x, p) => x.Lstm(p[0], p[1], p[2], p[3], pass.Zeros(new(2, 3)), pass.Zeros(new(2, 7)), 0.1f, 0.2f, [5, 2]).Output);

        CharacterConvolution convolution = new(4, [(1, 3), (3, 5)], Activation.Tanh, new(1));
        Same(convolution, new(6, 5, 4), (_, x) => convolution.Forward(x),
            (_, x, p) => x.CharacterConvolution(p[0], p[1], Activation.Tanh).Concatenate(x.CharacterConvolution(p[2], p[3], Activation.Tanh)));

        static void Same(Layer layer, Shape shape, Func<Pass, Tensor, Tensor> forward, Func<Pass, Tensor, IReadOnlyList<Parameter>, Tensor> operations)
        {
            foreach (Parameter parameter in layer.Parameters) OpCheck.Random(parameter.Shape, 1, 8, (ulong)parameter.Name.Length).CopyTo(parameter.Data);
            using TensorArena arena = new(1);
            float[][] outputs = new float[2][];
            for (int run = 0; run < 2; run++)
            {
                using Pass pass = Pass.Training(arena, seed: 5);                                  // of equal dropout
                Tensor x = Input(pass, shape);
                outputs[run] = (run == 0 ? forward(pass, x) : operations(pass, x, layer.Parameters)).Data.ToArray();
            }

            outputs[0].Should().Equal(outputs[1], layer.GetType().Name);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_attention_that_is_causal_is_blind_to_what_comes_later(bool isCausal)
    {
        MultiHeadAttention attention = new(8, 2, isCausal, new(1));
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor x = Input(pass, new(1, 5, 8));
        float[] before = attention.Forward(x).Data[..32].ToArray();
        x.Data[^1] += 1;
        attention.Forward(x).Data[..32].SequenceEqual(before).Should().Be(isCausal);
    }

    [Fact]
    public void The_mix_and_the_gates_of_a_highway_have_their_first_values()
    {
        ScalarMix mix = new(3, new(1));
        mix.Parameters[0].Data.ToArray().Should().Equal(0, 0, 0);
        mix.Parameters[1].Data.ToArray().Should().Equal(1);
        new Highway(2, new(1)).Parameters[3].Data.ToArray().Should().Equal(-2, -2);
    }

    [Fact]
    public void A_mix_that_normalizes_mixes_vectors_of_mean_0_and_variance_1()
    {
        ScalarMix mix = new(2, new(1), normalizes: true);
        mix.Parameters[0].Data[1] = 1;
        mix.Parameters[1].Data[0] = 3;
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        double share = Math.Exp(1) / (1 + Math.Exp(1));
        float[] mixed = mix.Forward([pass.Copy([5, 9, -1, 1], new(2, 2)), pass.Copy([7, 3, 200, 100], new(2, 2))]).Data.ToArray();
        double[] expected = [3 * (-(1 - share) + share), 3 * (1 - share - share), 3 * (-(1 - share) + share), 3 * (1 - share - share)];
        for (int i = 0; i < 4; i++) ((double)mixed[i]).Should().BeApproximately(expected[i], 1e-5);
    }

    [Fact]
    public void A_gate_that_is_shut_passes_the_input_of_a_highway()
    {
        Highway highway = new(4, new(1));
        highway.Parameters[3].Data.Fill(-50);
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        highway.Forward(pass.Copy([1, 2, 3, 4], new(1, 4))).Data.ToArray().Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void Highway_agrees_with_the_loop()
    {
        const int Width = 5, Rows = 3;
        Highway highway = new(Width, new(1));
        foreach (Parameter parameter in highway.Parameters) OpCheck.Random(parameter.Shape, 1, 8, (ulong)parameter.Name.Length).CopyTo(parameter.Data);
        (Parameter weight, Parameter bias, Parameter gateWeight, Parameter gateBias) = (highway.Parameters[0], highway.Parameters[1], highway.Parameters[2], highway.Parameters[3]);
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor x = Input(pass, new(Rows, Width));
        double[] expected = new double[Rows * Width];
        for (int i = 0; i < expected.Length; i++)
        {
            double transform = bias.Data[i % Width], gate = gateBias.Data[i % Width];
            for (int k = 0; k < Width; k++)
            {
                transform += (double)weight.Data[i % Width * Width + k] * x.Data[i / Width * Width + k];
                gate += (double)gateWeight.Data[i % Width * Width + k] * x.Data[i / Width * Width + k];
            }

            double open = 1 / (1 + Math.Exp(-gate));
            expected[i] = open * Math.Max(transform, 0) + (1 - open) * x.Data[i];
        }

        OpCheck.Error(highway.Forward(x).Data, expected).Should().BeLessThan(1e-6);
    }

    [Fact]
    public void Sums_of_character_filters_start_as_large_as_the_characters()
    {
        const int Width = 5, Dimensions = 16;
        CharacterConvolution layer = new(Dimensions, [(1, 4), (Width, 300)], Activation.Relu, new(1));
        float[] filters = layer.Parameters[2].Data.ToArray();
        filters.Average(w => (double)w * w).Should().BeApproximately(1.0 / (Width * Dimensions), 0.03 / (Width * Dimensions));
        layer.Parameters[3].Data.ToArray().Should().OnlyContain(b => b == 0);
    }

    [Fact]
    public void The_forget_gate_starts_open() => new Lstm(2, 3, null, new(1), forgetBias: 1).Parameters[2].Data.ToArray().Should().Equal(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0);

    [Fact]
    public void Refuses_a_name_twice_and_a_width_that_does_not_divide()
    {
        new Action(() => _ = new Twice()).Should().Throw<ArgumentException>().WithMessage("The layer has a parameter 'a.weight' already*");
        new Action(() => _ = new MultiHeadAttention(10, 3, true, new(1))).Should().Throw<ArgumentException>().WithMessage("A width of 10 does not divide into 3 heads*");
    }

    private static Tensor Input(Pass pass, Shape shape, ulong stream = 1) => pass.Copy(OpCheck.Random(shape, 1, 11, stream), shape);

    private static void Check<TLayer>(TLayer layer, Func<TLayer, Pass, Tensor> forward, params string[] names) where TLayer : Layer
    {
        layer.Parameters.Select(parameter => parameter.Name).Should().Equal(names);
        foreach (Parameter parameter in layer.Parameters)
        {
            float[] noise = OpCheck.Random(parameter.Shape, 0.3f, 12, (ulong)parameter.Name.Length);          // away from zeros and ones
            for (int i = 0; i < noise.Length; i++) parameter.Data[i] += noise[i];
        }

        using TensorArena arena = new(2);
        float[] weights = [];
        using (Pass pass = Pass.Training(arena))
        {
            Tensor output = forward(layer, pass);
            weights = OpCheck.Random(output.Shape, 1, 13);
            OpCheck.Weighted(output, weights).Backward();
        }

        foreach (Parameter parameter in layer.Parameters)
        {
            float[] direction = OpCheck.Random(parameter.Shape, 1, 14), there = parameter.Data.ToArray();
            double slope = 0, size = 0;
            for (int i = 0; i < direction.Length; i++)
            {
                slope += (double)direction[i] * parameter.Gradient[i];
                size += Math.Abs((double)direction[i] * parameter.Gradient[i]);
            }

            double difference = (Loss(Difference) - Loss(-Difference)) / (2 * Difference);
            difference.Should().BeApproximately(slope, 3e-3 * size + 1e-3, parameter.Name);

            double Loss(float step)
            {
                for (int i = 0; i < there.Length; i++) parameter.Data[i] = there[i] + step * direction[i];
                using Pass pass = Pass.Inference(arena);
                ReadOnlySpan<float> output = forward(layer, pass).Data;
                double sum = 0;
                for (int i = 0; i < weights.Length; i++) sum += (double)weights[i] * output[i];
                there.CopyTo(parameter.Data);
                return sum;
            }
        }
    }

    private sealed class Twice : Layer
    {
        public Twice()
        {
            RandomStreams random = new(1);
            Add("a", new Linear(1, 1, random));
            Add("a", new Linear(1, 1, random));
        }
    }
}
