using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NlpPretrain.Peers;

/// <summary>One projected LSTM in libtorch, over weights by the names of <see cref="Layers.Lstm"/>.</summary>
internal static class TorchLstmLayer
{
    // TorchSharp's module has no projection; libtorch's function, which it would call, has.
    private static readonly Lazy<jit.CompilationUnit> Script = new(() => jit.compile("""
        def lstm(x, hidden, cell, input_weight, hidden_weight, bias, hidden_bias, projection):
            return torch.lstm(x, [hidden, cell], [input_weight, hidden_weight, bias, hidden_bias, projection], True, 1, 0.0, False, False, False)[0]

        """));

    /// <summary>Stepped by hand.</summary>
    /// <param name="x">[T, B, I]</param>
    /// <param name="weights">All weights.</param>
    /// <param name="prefix">What stands before the names of the layer's.</param>
    /// <param name="hidden">h before the first step, [B, P].</param>
    /// <param name="cell">c before the first step, [B, N].</param>
    /// <param name="limit">Cells and projected outputs are clipped to ± this; ∞: not at all.</param>
    /// <returns>h of every step, [T, B, P], and the last states.</returns>
    public static (Tensor Output, Tensor Hidden, Tensor Cell) Step(Tensor x, IReadOnlyDictionary<string, Tensor> weights, string prefix, Tensor hidden, Tensor cell, float limit)
    {
        Tensor inputs = functional.linear(x, weights[prefix + "input.weight"], weights[prefix + "bias"]);                           // [T, B, 4N]
        List<Tensor> outputs = [];
        for (int t = 0; t < x.shape[0]; t++)
        {
            Tensor[] gates = (inputs[t] + functional.linear(hidden, weights[prefix + "hidden.weight"])).chunk(4, -1);
            cell = Clip(gates[1].sigmoid() * cell + gates[0].sigmoid() * gates[2].tanh());
            hidden = Clip(functional.linear(gates[3].sigmoid() * cell.tanh(), weights[prefix + "projection.weight"]));
            outputs.Add(hidden);
        }

        return (stack(outputs), hidden, cell);

        Tensor Clip(Tensor values) => float.IsFinite(limit) ? values.clamp(-limit, limit) : values;
    }

    /// <summary>libtorch's own, which clips nothing, from states of zeros.</summary>
    /// <param name="x">[T, B, I]</param>
    /// <param name="weights">All weights.</param>
    /// <param name="prefix">What stands before the names of the layer's.</param>
    /// <returns>[T, B, P]</returns>
    public static Tensor Own(Tensor x, IReadOnlyDictionary<string, Tensor> weights, string prefix)
    {
        (Tensor bias, Tensor projection) = (weights[prefix + "bias"], weights[prefix + "projection.weight"]);
        Tensor hidden = zeros(1, x.shape[1], projection.shape[0]), cell = zeros(1, x.shape[1], projection.shape[1]);
        return Script.Value.invoke<Tensor>("lstm", x, hidden, cell, weights[prefix + "input.weight"], weights[prefix + "hidden.weight"], bias, zeros_like(bias), projection);
    }
}
