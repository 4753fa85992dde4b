using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <summary>A block of a decoder: attention to the positions before, and an MLP on each position.</summary>
public abstract class GptBlock : Layer
{
    private protected GptBlock()
    {
    }

    /// <summary>Computes the block.</summary>
    /// <param name="x">[B, T, C]</param>
    /// <param name="cache">Keys and values of the positions before x, to which those of x are added: for inference. Default null: x begins at position 0.</param>
    /// <returns>[B, T, C]; position t depends on positions 0 to t only.</returns>
    public abstract Tensor Forward(Tensor x, KeyValueCache? cache = null);
}

/// <summary>GPT-1's block: n = LN₁(x + Attention(x)), then y = LN₂(n + MLP(n)).</summary>
/// <remarks>Source: Radford et al. 2018, section 3.1, with the block of Vaswani et al. 2017, section 3.1; GELU of Hendrycks and Gimpel 2016.</remarks>
public sealed class Gpt1Block : GptBlock
{
    private readonly Linear _toQueriesKeysValues, _fromHeads, _expand, _contract;
    private readonly LayerNorm _attentionNorm, _mlpNorm;
    private readonly int _heads;
    private readonly float _attentionDropout, _residualDropout;

    /// <summary>Creates the block.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="random">Where first values come from.</param>
    public Gpt1Block(GptConfig config, RandomStreams random)
    {
        ArgumentNullException.ThrowIfNull(config);
        (_heads, _attentionDropout, _residualDropout) = (config.Heads, config.AttentionDropout, config.ResidualDropout);
        (int width, float epsilon) = (config.Width, config.NormEpsilon);
        Initializer normal = config.Weights();

        _toQueriesKeysValues = Add("attn.c_attn", new Linear(width, 3 * width, random, initializer: normal));
        _fromHeads = Add("attn.c_proj", new Linear(width, width, random, initializer: normal));
        _attentionNorm = Add("ln_1", new LayerNorm(width, random, epsilon));
        _expand = Add("mlp.c_fc", new Linear(width, 4 * width, random, Activation.GeluTanh, normal));
        _contract = Add("mlp.c_proj", new Linear(4 * width, width, random, initializer: normal));
        _mlpNorm = Add("ln_2", new LayerNorm(width, random, epsilon));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, KeyValueCache? cache = null)
    {
        Tensor qkv = _toQueriesKeysValues.Forward(x);                                                                                // [B, T, 3C]
        Tensor heads = cache is null ? qkv.CausalAttention(_heads, _attentionDropout) : qkv.CachedAttention(cache, _heads);          // [B, T, C]
        x = _attentionNorm.Forward(x + _fromHeads.Forward(heads).Dropout(_residualDropout));

        Tensor hidden = _expand.Forward(x);                                                                                          // [B, T, 4C]
        return _mlpNorm.Forward(x + _contract.Forward(hidden).Dropout(_residualDropout));
    }
}

/// <summary>GPT-2's block: n = x + Attention(LN₁(x)), then y = n + MLP(LN₂(n)).</summary>
/// <remarks>
/// Source: Radford et al. 2019, section 2.3: each norm comes before its sub-layer, and the weights of the two that write to the sum start smaller by the
/// square root of their number in the model, 2·layers.
/// </remarks>
public sealed class Gpt2Block : GptBlock
{
    private readonly Linear _toQueriesKeysValues, _fromHeads, _expand, _contract;
    private readonly LayerNorm _attentionNorm, _mlpNorm;
    private readonly int _heads;
    private readonly float _attentionDropout, _residualDropout;

    /// <summary>Creates the block.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="random">Where first values come from.</param>
    public Gpt2Block(GptConfig config, RandomStreams random)
    {
        ArgumentNullException.ThrowIfNull(config);
        (_heads, _attentionDropout, _residualDropout) = (config.Heads, config.AttentionDropout, config.ResidualDropout);
        (int width, float epsilon) = (config.Width, config.NormEpsilon);
        Initializer normal = config.Weights(), smaller = config.Weights(1 / Math.Sqrt(2.0 * config.Layers));

        _attentionNorm = Add("ln_1", new LayerNorm(width, random, epsilon));
        _toQueriesKeysValues = Add("attn.c_attn", new Linear(width, 3 * width, random, initializer: normal));
        _fromHeads = Add("attn.c_proj", new Linear(width, width, random, initializer: smaller));
        _mlpNorm = Add("ln_2", new LayerNorm(width, random, epsilon));
        _expand = Add("mlp.c_fc", new Linear(width, 4 * width, random, Activation.GeluTanh, normal));
        _contract = Add("mlp.c_proj", new Linear(4 * width, width, random, initializer: smaller));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, KeyValueCache? cache = null)
    {
        Tensor qkv = _toQueriesKeysValues.Forward(_attentionNorm.Forward(x));                                                        // [B, T, 3C]
        Tensor heads = cache is null ? qkv.CausalAttention(_heads, _attentionDropout) : qkv.CachedAttention(cache, _heads);          // [B, T, C]
        x += _fromHeads.Forward(heads).Dropout(_residualDropout);

        Tensor hidden = _expand.Forward(_mlpNorm.Forward(x));                                                                        // [B, T, 4C]
        return x + _contract.Forward(hidden).Dropout(_residualDropout);
    }
}
