using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Goldens;

/// <summary>Values and gradients against PyTorch in double precision: see tests/goldens/make.py.</summary>
public class GoldenTests
{
    private const double Tolerance = 1e-5;

    /// <summary>Errors below this are rounding of the last bit, where twice PyTorch's own says nothing.</summary>
    private const double LeastError = 2e-7;

    private static readonly Dictionary<string, Func<Inputs, Tensor>> Operations = new()
    {
        ["matmul"] = x => Tensor.MatMul(x["a"], x["b"]),
        ["matmul-transposed-right"] = x => Tensor.MatMul(x["a"], x["b"], transposeRight: true),
        ["linear-none"] = x => x["x"].Linear(x["weight"], x["bias"]),
        ["linear-relu"] = x => x["x"].Linear(x["weight"], x["bias"], Activation.Relu),
        ["linear-gelu-tanh"] = x => x["x"].Linear(x["weight"], x["bias"], Activation.GeluTanh),
        ["linear-gelu"] = x => x["x"].Linear(x["weight"], x["bias"], Activation.GeluExact),
        ["linear-tanh"] = x => x["x"].Linear(x["weight"], x["bias"], Activation.Tanh),
        ["gelu-tanh"] = x => x["x"].Gelu(),
        ["gelu"] = x => x["x"].GeluExact(),
        ["relu"] = x => x["x"].Relu(),
        ["sigmoid"] = x => x["x"].Sigmoid(),
        ["tanh"] = x => x["x"].Tanh(),
        ["softmax"] = x => x["x"].Softmax(),
        ["layer-norm"] = x => x["x"].LayerNorm(x["gain"], x["bias"], 1e-5f),
        ["embedding"] = x => x["weight"].Embedding(x.Pass, x.Integers("ids"), x.ShapeOf("ids")),
        ["cross-entropy"] = x => x["hidden"].CrossEntropy(x["weight"], x["bias"], x.Integers("targets")),
        ["cross-entropy-smoothed"] = x => x["hidden"].CrossEntropy(x["weight"], x["bias"], x.Integers("targets"), labelSmoothing: 0.1f),
        ["attention-causal"] = x => Tensor.Attention(x["query"], x["key"], x["value"], 3, isCausal: true),
        ["attention-padded"] = x => Tensor.Attention(x["query"], x["key"], x["value"], 3, isCausal: false, lengths: x.Integers("lengths")),
        ["lstm"] = x => x["x"].Lstm(x["input_weight"], x["hidden_weight"], x["bias"], x["projection"], x.Constant("hidden"), x.Constant("cell"), 0.6f, 0.5f).Output,
        ["character-convolution"] = x => x["x"].CharacterConvolution(x["filters"], x["bias"]),
        ["mean-squared-error"] = x => x["x"].MeanSquaredError(x.Constant("y")),
        ["binary-cross-entropy"] = x => x["x"].BinaryCrossEntropyWithLogits(x.Constant("y")),
        ["cosine-similarity"] = x => Tensor.CosineSimilarity(x["x"], x["y"]),
        ["weighted-mix"] = x => Tensor.WeightedMix([x["a"], x["b"], x["c"]], x["weights"], x["gamma"]),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Equals_PyTorch_in_double_precision(string name)
    {
        GoldenFile golden = GoldenFile.Open(name);
        using TensorArena arena = new(2);
        OpCheck.Soil(arena);
        using Pass pass = Pass.Training(arena);
        Inputs inputs = new(golden, pass);
        Tensor output = Operations[name](inputs);
        OpCheck.Weighted(output, golden.Singles("weights")).Backward();

        Check(golden, "output", output.Data);
        foreach ((string input, Tensor tensor) in inputs.Tensors) Check(golden, $"gradient.{input}", tensor.Gradient);
    }

    [Fact]
    public void Every_golden_file_is_read() =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "goldens")).Select(Path.GetFileNameWithoutExtension).Should().BeEquivalentTo(Names.Concat(OptimizerGoldenTests.Names).Select(row => row.Data));

    internal static void Check(GoldenFile golden, string tensor, ReadOnlySpan<float> ours)
    {
        double error = OpCheck.Error(ours, golden.Doubles(tensor));
        error.Should().BeLessThan(Tolerance, $"{golden.Name}, {tensor}");
        error.Should().BeLessThanOrEqualTo(Math.Max(2 * golden.ErrorOfPyTorch(tensor), LeastError), $"{golden.Name}, {tensor} is at most twice as far from the truth as PyTorch in single precision");
    }

    private sealed class Inputs(GoldenFile golden, Pass pass)
    {
        internal Dictionary<string, Tensor> Tensors { get; } = [];

        internal Pass Pass => pass;

        internal Tensor this[string name] =>
            Tensors.TryGetValue(name, out Tensor tensor) ? tensor : Tensors[name] = pass.Variable(golden.Singles($"input.{name}"), golden.ShapeOf($"input.{name}"));

        internal Tensor Constant(string name) => pass.Copy(golden.Singles($"input.{name}"), golden.ShapeOf($"input.{name}"));

        internal int[] Integers(string name) => golden.Integers($"input.{name}");

        internal Shape ShapeOf(string name) => golden.ShapeOf($"input.{name}");
    }
}
