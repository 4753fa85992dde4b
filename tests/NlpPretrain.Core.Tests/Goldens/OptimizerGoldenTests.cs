using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Goldens;

/// <summary>Ten steps of each optimizer, weights and state, against PyTorch in double precision: see tests/goldens/make.py.</summary>
public class OptimizerGoldenTests
{
    private const double Rate = 0.1;

    // What PyTorch names the state, by the last part of our name for it.
    private static readonly Dictionary<string, string> StateNames = new() { ["m"] = "exp_avg", ["v"] = "exp_avg_sq", ["velocity"] = "momentum_buffer", ["sum"] = "sum" };

    private static readonly Dictionary<string, (double Rate, Func<TensorArena, ParameterGroup[], Optimizer> Create)> Optimizers = new()
    {
        ["optimizer-adamw"] = (Rate, (arena, groups) => new AdamW(arena, groups)),
        ["optimizer-adam"] = (Rate, (arena, groups) => new Adam(arena, groups) { FirstDecay = 0.8, SecondDecay = 0.99, Epsilon = 1e-6 }),
        ["optimizer-sgd"] = (Rate, (arena, groups) => new Sgd(arena, groups, momentum: 0.9)),
        ["optimizer-adagrad"] = (0.3, (arena, groups) => new Adagrad(arena, groups, initialSum: 0.5, epsilon: 1e-3)),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Equals_PyTorch_in_double_precision(string name)
    {
        GoldenFile golden = GoldenFile.Open(name);
        Parameter parameter = new("w", golden.ShapeOf("input.weight"));
        golden.Singles("input.weight").CopyTo(parameter.Data);
        using TensorArena arena = new(1);
        (double rate, Func<TensorArena, ParameterGroup[], Optimizer> create) = Optimizers[name];
        Optimizer optimizer = create(arena, [new([parameter]) { WeightDecay = 0.1 }]);
        foreach (float[] gradient in golden.Singles("input.gradients").Chunk(parameter.Shape.Size))
        {
            using Pass pass = Pass.Training(arena);
            OpCheck.Weighted(pass.Zeros(parameter.Shape) + parameter, gradient).Backward();
            optimizer.Step(rate);
        }

        optimizer.Steps.Should().Be(10);
        GoldenTests.Check(golden, "weight", parameter.Data);
        foreach ((string state, Memory<float> values) in optimizer.State) GoldenTests.Check(golden, StateNames[state["w.".Length..]], values.Span);
    }
}
