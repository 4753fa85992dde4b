using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <summary>A block of an encoder: n = LN₁(x + Attention(x)), then y = LN₂(n + MLP(n)).</summary>
/// <remarks>
/// <para>Source: Devlin et al. 2019, section 3, with the block of Vaswani et al. 2017, section 3.1; GELU of Hendrycks and Gimpel 2016.</para>
/// <para>Differs: queries, keys and values are one map, "attention.self.query_key_value" [3C, C]; files have three.</para>
/// </remarks>
public sealed class BertBlock : Layer
{
    private readonly Linear _toQueriesKeysValues, _fromHeads, _expand, _contract;
    private readonly LayerNorm _attentionNorm, _mlpNorm;
    private readonly int _heads;
    private readonly float _attentionDropout, _dropout;

    /// <summary>Creates the block.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="random">Where first values come from.</param>
    public BertBlock(BertConfig config, RandomStreams random)
    {
        ArgumentNullException.ThrowIfNull(config);
        (_heads, _attentionDropout, _dropout) = (config.Heads, config.AttentionDropout, config.Dropout);
        (int width, int inner, float epsilon) = (config.Width, config.InnerSize, config.NormEpsilon);
        Activation gelu = config.UsesTanhGelu ? Activation.GeluTanh : Activation.GeluExact;
        Initializer normal = config.Weights();

        _toQueriesKeysValues = Add(QueryKeyValue, new Linear(width, 3 * width, random, initializer: normal));
        _fromHeads = Add("attention.output.dense", new Linear(width, width, random, initializer: normal));
        _attentionNorm = Add("attention.output.LayerNorm", new LayerNorm(width, random, epsilon));
        _expand = Add("intermediate.dense", new Linear(width, inner, random, gelu, normal));
        _contract = Add("output.dense", new Linear(inner, width, random, initializer: normal));
        _mlpNorm = Add("output.LayerNorm", new LayerNorm(width, random, epsilon));
    }

    /// <summary>Name of the map to queries, keys and values.</summary>
    internal const string QueryKeyValue = "attention.self.query_key_value";

    /// <summary>Computes the block.</summary>
    /// <param name="x">[B, T, C]</param>
    /// <param name="lengths">Positions of each row that are no padding, [B]; empty: all.</param>
    /// <returns>[B, T, C]; each position depends on all of its row within the length.</returns>
    public Tensor Forward(Tensor x, ReadOnlySpan<int> lengths) => Finish(x, Attend(x, lengths));

    /// <summary>Computes some rows of the block's output alone: what a loss does not see need not be computed.</summary>
    /// <param name="x">[B, T, C]</param>
    /// <param name="lengths">Positions of each row that are no padding, [B]; empty: all.</param>
    /// <param name="places">N places, indices into [B·T].</param>
    /// <returns>[N, C], with the bits of <see cref="Forward"/>.</returns>
    public Tensor ForwardAt(Tensor x, ReadOnlySpan<int> lengths, ReadOnlySpan<int> places) => Finish(x.GatherRows(places), Attend(x, lengths).GatherRows(places));

    private Tensor Attend(Tensor x, ReadOnlySpan<int> lengths)
    {
        Tensor qkv = _toQueriesKeysValues.Forward(x);                                            // [B, T, 3C]
        return qkv.SelfAttention(_heads, isCausal: false, lengths, _attentionDropout);           // [B, T, C]
    }

    private Tensor Finish(Tensor x, Tensor heads)
    {
        x = _attentionNorm.Forward(x + _fromHeads.Forward(heads).Dropout(_dropout));             // [..., C]

        Tensor hidden = _expand.Forward(x);                                                      // [..., I]
        return _mlpNorm.Forward(x + _contract.Forward(hidden).Dropout(_dropout));
    }
}
