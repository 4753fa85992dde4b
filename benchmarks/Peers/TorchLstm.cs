using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NlpPretrain.Peers;

/// <summary>A language model of projected, clipped LSTMs in libtorch, stepped by hand, over weights by the names of ours.</summary>
internal sealed class TorchLstm(LstmShape shape, IReadOnlyDictionary<string, Tensor> weights)
{
    public Tensor Loss(Tensor ids, Tensor targets)
    {
        Tensor x = weights["embedding.weight"].index_select(0, ids.reshape(-1)).view(shape.Time, shape.Batch, shape.Projection);      // [T, B, P]
        for (int layer = 0; layer < shape.Layers; layer++) x = Layer(x, $"lstm.{layer}.");
        Tensor logits = functional.linear(x.reshape(-1, shape.Projection), weights["softmax.weight"], weights["softmax.bias"]);
        return functional.cross_entropy(logits, targets.reshape(-1));
    }

    private Tensor Layer(Tensor x, string prefix)
    {
        Tensor inputs = functional.linear(x, weights[prefix + "input.weight"], weights[prefix + "bias"]);                           // [T, B, 4N]
        Tensor hidden = zeros(shape.Batch, shape.Projection), cell = zeros(shape.Batch, shape.Cells);
        List<Tensor> outputs = [];
        for (int t = 0; t < shape.Time; t++)
        {
            Tensor[] gates = (inputs[t] + functional.linear(hidden, weights[prefix + "hidden.weight"])).chunk(4, -1);
            cell = (gates[1].sigmoid() * cell + gates[0].sigmoid() * gates[2].tanh()).clamp(-shape.Limit, shape.Limit);
            hidden = functional.linear(gates[3].sigmoid() * cell.tanh(), weights[prefix + "projection.weight"]).clamp(-shape.Limit, shape.Limit);
            outputs.Add(hidden);
        }

        return stack(outputs);                                                                                                        // [T, B, P]
    }
}
