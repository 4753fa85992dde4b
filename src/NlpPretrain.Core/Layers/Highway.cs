using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>y = t ⊙ relu(W_h·x + b_h) + (1 − t) ⊙ x with t = σ(W_t·x + b_t): "transform" and "carry".</summary>
/// <remarks>Source: Srivastava, Greff and Schmidhuber 2015, arXiv:1505.00387. The gate's bias starts at −2, so that x passes at first, as bilm-tf has it.</remarks>
public sealed class Highway : Layer
{
    private readonly Parameter _weight, _bias, _gateWeight, _gateBias;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">C</param>
    /// <param name="random">Where first values come from.</param>
    public Highway(int width, RandomStreams random)
    {
        Initializer initializer = Initializers.Normal(Math.Sqrt(1.0 / width));
        _weight = Add("transform.weight", new(width, width), initializer, random);
        _bias = Add("transform.bias", new(width), Initializers.Zeros, random);
        _gateWeight = Add("carry.weight", new(width, width), initializer, random);
        _gateBias = Add("carry.bias", new(width), Initializers.Constant(-2), random);
    }

    /// <param name="x">[N, C]</param>
    /// <returns>[N, C]</returns>
    public Tensor Forward(Tensor x)
    {
        Tensor gate = x.Linear(_gateWeight, _gateBias, Activation.Sigmoid);
        return x + gate * (x.Linear(_weight, _bias, Activation.Relu) - x);
    }
}
