using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NlpPretrain.Peers;

/// <summary>A language model of projected, clipped LSTMs in libtorch, stepped by hand, over weights by the names of ours.</summary>
internal sealed class TorchLstm(LstmShape shape, IReadOnlyDictionary<string, Tensor> weights)
{
    public Tensor Loss(Tensor ids, Tensor targets)
    {
        Tensor x = weights["embedding.weight"].index_select(0, ids.reshape(-1)).view(shape.Time, shape.Batch, shape.Projection);      // [T, B, P]
        for (int layer = 0; layer < shape.Layers; layer++)
            x = TorchLstmLayer.Step(x, weights, $"lstm.{layer}.", zeros(shape.Batch, shape.Projection), zeros(shape.Batch, shape.Cells), shape.Limit).Output;
        Tensor logits = functional.linear(x.reshape(-1, shape.Projection), weights["softmax.weight"], weights["softmax.bias"]);
        return functional.cross_entropy(logits, targets.reshape(-1));
    }
}
