using System.Buffers;
using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>The mix of a language model's layers that a task learns: "weights" [L], before their softmax, and "gamma" [1].</summary>
/// <remarks>
/// <para>ELMo = γ·Σⱼ sⱼ·hⱼ with s = softmax(w); with normalization, each vector of hⱼ has mean 0 and variance 1 before.</para>
/// <para>Source: Peters et al. 2018, eq. 1 and the paragraph below it. Differs: bilm-tf normalizes by the mean and variance of all tokens of a batch, so that a vector depends on its neighbours.</para>
/// </remarks>
public sealed class ScalarMix : Layer
{
    private const float Epsilon = 1e-12f;

    private readonly Parameter _weights, _gamma;
    private readonly bool _normalizes;

    /// <summary>Creates the layer: all layers alike at first.</summary>
    /// <param name="layers">L</param>
    /// <param name="random">Streams of the model; none is used.</param>
    /// <param name="normalizes">Whether the vectors of each layer are normalized before they are mixed. Default false.</param>
    public ScalarMix(int layers, RandomStreams random, bool normalizes = false)
    {
        _weights = Add("weights", new(layers), Initializers.Zeros, random);
        _gamma = Add("gamma", new(1), Initializers.Ones, random);
        _normalizes = normalizes;
    }

    /// <param name="layers">L tensors of one shape.</param>
    /// <returns>That shape.</returns>
    public Tensor Forward(ReadOnlySpan<Tensor> layers)
    {
        if (!_normalizes || layers.IsEmpty) return Tensor.WeightedMix(layers, _weights, _gamma);

        Tensor[] rented = ArrayPool<Tensor>.Shared.Rent(layers.Length);
        Span<Tensor> normalized = rented.AsSpan(0, layers.Length);
        for (int i = 0; i < layers.Length; i++)
        {
            Pass pass = layers[i].Pass;
            Shape width = new(layers[i].Shape.Columns);
            Tensor gain = pass.Zeros(width);
            gain.Data.Fill(1);
            normalized[i] = layers[i].LayerNorm(gain, pass.Zeros(width), Epsilon);
        }

        Tensor mixed = Tensor.WeightedMix(normalized, _weights, _gamma);
        ArrayPool<Tensor>.Shared.Return(rented, clearArray: true);
        return mixed;
    }
}
