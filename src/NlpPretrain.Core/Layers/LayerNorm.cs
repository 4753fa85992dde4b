using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>Layer normalization over the last axis: "weight" [C], the gain, and "bias" [C].</summary>
/// <remarks>Source: Ba, Kiros and Hinton 2016, arXiv:1607.06450.</remarks>
public sealed class LayerNorm : Layer
{
    private readonly Parameter _gain, _bias;
    private readonly float _epsilon;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">C</param>
    /// <param name="random">Streams of the model; none is used.</param>
    /// <param name="epsilon">What is added to the variance. Default 1e-5; BERT has 1e-12.</param>
    public LayerNorm(int width, RandomStreams random, float epsilon = 1e-5f)
    {
        _gain = Add("weight", new(width), Initializers.Ones, random);
        _bias = Add("bias", new(width), Initializers.Zeros, random);
        _epsilon = epsilon;
    }

    /// <param name="x">[..., C]</param>
    /// <returns>[..., C]</returns>
    public Tensor Forward(Tensor x) => x.LayerNorm(_gain, _bias, _epsilon);
}
