using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NlpPretrain.Peers;

/// <summary>A pre-norm GPT with tied output weights in libtorch, over weights by the names of <see cref="NlpPretrain.Gpt.GptModel"/>.</summary>
/// <param name="shape">The sizes.</param>
/// <param name="weights">The weights; biases that are not there are not added.</param>
/// <param name="isExact">Whether GELU is the exact one, not that by tanh.</param>
internal sealed class TorchGpt(GptShape shape, IReadOnlyDictionary<string, Tensor> weights, bool isExact = false)
{
    private const double Epsilon = 1e-5;

    public Tensor Loss(Tensor ids, Tensor targets)
    {
        Tensor tokens = weights["wte.weight"].index_select(0, ids.reshape(-1)).view(shape.Batch, shape.Time, shape.Width);
        Tensor x = tokens + weights["wpe.weight"];                                                                                   // [B, T, C]
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            string prefix = $"h.{layer}.";
            Tensor qkv = Linear(Norm(x, prefix + "ln_1"), prefix + "attn.c_attn");                                                    // [B, T, 3C]
            Tensor[] parts = [.. qkv.chunk(3, -1).Select(Split)];
            Tensor heads = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true);                    // [B, H, T, C / H]
            x = x + Linear(heads.transpose(1, 2).reshape(shape.Batch, shape.Time, shape.Width), prefix + "attn.c_proj");
            Tensor hidden = functional.gelu(Linear(Norm(x, prefix + "ln_2"), prefix + "mlp.c_fc"), isExact ? TorchSharp.Modules.GELU.Approximate.none : TorchSharp.Modules.GELU.Approximate.tanh);
            x = x + Linear(hidden, prefix + "mlp.c_proj");
        }

        Tensor logits = functional.linear(Norm(x, "ln_f"), weights["wte.weight"]);                                                   // [B, T, V]
        return functional.cross_entropy(logits.reshape(-1, shape.Vocabulary), targets.reshape(-1));
    }

    private Tensor Split(Tensor x) => x.view(shape.Batch, shape.Time, shape.Heads, shape.Width / shape.Heads).transpose(1, 2);

    private Tensor Norm(Tensor x, string name) => functional.layer_norm(x, [shape.Width], weights[name + ".weight"], weights.GetValueOrDefault(name + ".bias"), Epsilon);

    private Tensor Linear(Tensor x, string name) => functional.linear(x, weights[name + ".weight"], weights.GetValueOrDefault(name + ".bias"));
}
