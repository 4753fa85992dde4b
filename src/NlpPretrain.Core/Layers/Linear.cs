using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>y = a(x·Wᵀ + b): "weight" [outputs, inputs] and "bias" [outputs].</summary>
public sealed class Linear : Layer
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly Activation _activation;

    /// <summary>Creates the layer.</summary>
    /// <param name="inputs">Size of the input's last axis.</param>
    /// <param name="outputs">Size of the output's last axis.</param>
    /// <param name="random">Where first values come from.</param>
    /// <param name="activation">What follows. Default: nothing.</param>
    /// <param name="initializer">First values of the weight. Default: normal, 0.02.</param>
    /// <param name="hasBias">Whether there is a bias, zeros at first. Default true.</param>
    public Linear(int inputs, int outputs, RandomStreams random, Activation activation = Activation.None, Initializer? initializer = null, bool hasBias = true)
    {
        _weight = Add("weight", new(outputs, inputs), initializer ?? Initializers.Normal(0.02), random);
        if (hasBias) _bias = Add("bias", new(outputs), Initializers.Zeros, random);
        _activation = activation;
    }

    /// <param name="x">[..., inputs]</param>
    /// <returns>[..., outputs]</returns>
    public Tensor Forward(Tensor x) => x.Linear(_weight, _bias?.AsTensor(), _activation);
}
