using NlpPretrain.Gpt;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NlpPretrain.Peers;

/// <summary>A pre-norm GPT in libtorch that keeps keys and values in memory of their own, over weights by the names of ours.</summary>
internal sealed class TorchDecoding : IDecoding
{
    private const int Capacity = 128;

    private readonly GptConfig _config;
    private readonly IReadOnlyDictionary<string, Tensor> _weights;
    private readonly Tensor[] _keys, _values;
    private int _length;

    public TorchDecoding(GptConfig config, IReadOnlyDictionary<string, Tensor> weights)
    {
        set_num_threads(StepOptions.Threads);
        (_config, _weights) = (config, weights);
        _keys = [.. Enumerable.Range(0, config.Layers).Select(_ => zeros(1, config.Heads, Capacity, config.Width / config.Heads))];
        _values = [.. _keys.Select(keys => keys.clone())];
    }

    public void Begin() => _length = 0;

    public int Next(int id)
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        return (int)Forward(id).argmax().item<long>();
    }

    public float[] Logits(int id)
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        return Forward(id).data<float>().ToArray();
    }

    private Tensor Forward(int id)
    {
        int width = _config.Width, heads = _config.Heads;
        Tensor x = (_weights["wte.weight"][id] + _weights["wpe.weight"][_length]).view(1, 1, width);                                  // [1, 1, C]
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            string prefix = $"h.{layer}.";
            Tensor[] parts = [.. Linear(Norm(x, prefix + "ln_1"), prefix + "attn.c_attn").chunk(3, -1).Select(part => part.view(1, heads, 1, width / heads))];
            _keys[layer].narrow(2, _length, 1).copy_(parts[1]);
            _values[layer].narrow(2, _length, 1).copy_(parts[2]);
            Tensor mixed = functional.scaled_dot_product_attention(parts[0], _keys[layer].narrow(2, 0, _length + 1), _values[layer].narrow(2, 0, _length + 1));
            x = x + Linear(mixed.view(1, 1, width), prefix + "attn.c_proj");
            Tensor hidden = functional.gelu(Linear(Norm(x, prefix + "ln_2"), prefix + "mlp.c_fc"), TorchSharp.Modules.GELU.Approximate.tanh);
            x = x + Linear(hidden, prefix + "mlp.c_proj");
        }

        _length++;
        return functional.linear(Norm(x, "ln_f"), _weights["wte.weight"]);                                                            // [1, 1, V]
    }

    private Tensor Norm(Tensor x, string name) => functional.layer_norm(x, [_config.Width], _weights[name + ".weight"], _weights[name + ".bias"], _config.NormEpsilon);

    private Tensor Linear(Tensor x, string name) => functional.linear(x, _weights[name + ".weight"], _weights[name + ".bias"]);
}
