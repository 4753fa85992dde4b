using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>Two linear maps with an activation between: "c_fc" and "c_proj".</summary>
/// <remarks>Source: Vaswani et al. 2017, section 3.3. Names as GPT-2 has them.</remarks>
public sealed class FeedForward : Layer
{
    private readonly Linear _expand, _contract;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">C</param>
    /// <param name="innerWidth">Width between the maps; GPT and BERT have 4·C.</param>
    /// <param name="activation">What is between.</param>
    /// <param name="random">Where first values come from.</param>
    public FeedForward(int width, int innerWidth, Activation activation, RandomStreams random)
    {
        _expand = Add("c_fc", new Linear(width, innerWidth, random, activation));
        _contract = Add("c_proj", new Linear(innerWidth, width, random));
    }

    /// <param name="x">[..., C]</param>
    /// <returns>[..., C]</returns>
    public Tensor Forward(Tensor x) => _contract.Forward(_expand.Forward(x));
}
