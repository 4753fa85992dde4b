using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>The mix of a language model's layers that a task learns: "weights" [L], before their softmax, and "gamma" [1].</summary>
/// <remarks>ELMo = γ·Σⱼ sⱼ·hⱼ with s = softmax(w). Source: Peters et al. 2018, eq. 1.</remarks>
public sealed class ScalarMix : Layer
{
    private readonly Parameter _weights, _gamma;

    /// <summary>Creates the layer: all layers alike at first.</summary>
    /// <param name="layers">L</param>
    /// <param name="random">Streams of the model; none is used.</param>
    public ScalarMix(int layers, RandomStreams random)
    {
        _weights = Add("weights", new(layers), Initializers.Zeros, random);
        _gamma = Add("gamma", new(1), Initializers.Ones, random);
    }

    /// <param name="layers">L tensors of one shape.</param>
    /// <returns>That shape.</returns>
    public Tensor Forward(ReadOnlySpan<Tensor> layers) => Tensor.WeightedMix(layers, _weights, _gamma);
}
