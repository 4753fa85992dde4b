using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Peers;

/// <summary>The same GPT as <see cref="TorchGpt"/> from the core's operations.</summary>
internal sealed class OurGpt : LanguageModel
{
    private readonly GptShape _shape;
    private readonly Parameter _tokens, _positions, _finalGain, _finalBias;
    private readonly Block[] _blocks;
    private readonly int[] _places;

    public OurGpt(GptShape shape, ulong seed)
    {
        RandomStreams random = new(seed);
        _shape = shape;
        _tokens = Add("wte.weight", new(shape.Vocabulary, shape.Width), Initializers.Normal(0.02f), random);
        _positions = Add("wpe.weight", new(shape.Time, shape.Width), Initializers.Normal(0.02f), random);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(layer => Add($"h.{layer}", new Block(shape, random)))];
        _finalGain = Add("ln_f.weight", new(shape.Width), Initializers.Ones, random);
        _finalBias = Add("ln_f.bias", new(shape.Width), Initializers.Zeros, random);
        _places = [.. Enumerable.Range(0, shape.Batch * shape.Time).Select(i => i % shape.Time)];
    }

    public override Tensor Loss(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> targets)
    {
        Shape places = new(_shape.Batch, _shape.Time);
        Tensor x = _tokens.AsTensor().Embedding(pass, ids, places) + _positions.AsTensor().Embedding(pass, _places, places);        // [B, T, C]
        foreach (Block block in _blocks) x = block.Forward(x);
        return x.LayerNorm(_finalGain, _finalBias, 1e-5f).CrossEntropy(_tokens, null, targets);
    }

    private sealed class Block : Layer
    {
        private readonly int _heads;
        private readonly Parameter _gain1, _bias1, _gain2, _bias2;
        private readonly (Parameter Weight, Parameter Bias) _qkv, _heading, _expand, _contract;

        public Block(GptShape shape, RandomStreams random)
        {
            int width = shape.Width;
            _heads = shape.Heads;
            (_gain1, _bias1) = (Add("ln_1.weight", new(width), Initializers.Ones, random), Add("ln_1.bias", new(width), Initializers.Zeros, random));
            _qkv = Linear("attn.c_attn", 3 * width, width);
            _heading = Linear("attn.c_proj", width, width);
            (_gain2, _bias2) = (Add("ln_2.weight", new(width), Initializers.Ones, random), Add("ln_2.bias", new(width), Initializers.Zeros, random));
            _expand = Linear("mlp.c_fc", 4 * width, width);
            _contract = Linear("mlp.c_proj", width, 4 * width);

            (Parameter, Parameter) Linear(string name, int outputs, int inputs) =>
                (Add(name + ".weight", new(outputs, inputs), Initializers.Normal(0.02f), random), Add(name + ".bias", new(outputs), Initializers.Zeros, random));
        }

        public Tensor Forward(Tensor x)
        {
            Tensor qkv = x.LayerNorm(_gain1, _bias1, 1e-5f).Linear(_qkv.Weight, _qkv.Bias);                                          // [B, T, 3C]
            x += qkv.CausalAttention(_heads).Linear(_heading.Weight, _heading.Bias);
            Tensor hidden = x.LayerNorm(_gain2, _bias2, 1e-5f).Linear(_expand.Weight, _expand.Bias, Activation.GeluTanh);            // [B, T, 4C]
            return x + hidden.Linear(_contract.Weight, _contract.Bias);
        }
    }
}
