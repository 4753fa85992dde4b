using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>Self-attention of several heads: "c_attn", queries, keys and values in one map, and "c_proj" behind the heads.</summary>
/// <remarks>Source: Vaswani et al. 2017, section 3.2.2. Names as GPT-2 has them.</remarks>
public sealed class MultiHeadAttention : Layer
{
    private readonly Linear _toQueriesKeysValues, _fromHeads;
    private readonly int _heads;
    private readonly bool _isCausal;
    private readonly float _dropout;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">C, a multiple of the heads.</param>
    /// <param name="heads">H</param>
    /// <param name="isCausal">Whether a position sees only those before it and itself.</param>
    /// <param name="random">Where first values come from.</param>
    /// <param name="dropout">Dropout of the attention probabilities, in [0, 1). Default 0.</param>
    public MultiHeadAttention(int width, int heads, bool isCausal, RandomStreams random, float dropout = 0)
    {
        if (heads < 1 || width % heads != 0) throw new ArgumentException($"A width of {width} does not divide into {heads} heads; make it a multiple.", nameof(heads));
        (_heads, _isCausal, _dropout) = (heads, isCausal, dropout);
        _toQueriesKeysValues = Add("c_attn", new Linear(width, 3 * width, random));
        _fromHeads = Add("c_proj", new Linear(width, width, random));
    }

    /// <param name="x">[B, T, C]</param>
    /// <param name="lengths">Positions of each row that are no padding. Default: all.</param>
    /// <returns>[B, T, C]</returns>
    public Tensor Forward(Tensor x, ReadOnlySpan<int> lengths = default) =>
        _fromHeads.Forward(_toQueriesKeysValues.Forward(x).SelfAttention(_heads, _isCausal, lengths, _dropout));
}
