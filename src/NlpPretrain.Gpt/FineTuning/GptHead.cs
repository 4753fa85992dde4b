using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <summary>s = h·W_yᵀ + b of the vectors that the extract tokens have, behind a dropout.</summary>
/// <remarks>Source: Radford et al. 2018, section 3.2, eq. 3. Differs: a bias, as in the program of its authors.</remarks>
internal sealed class GptHead : Layer
{
    private const ulong HeadSeed = 0x48454144;

    private readonly Linear _score;

    public GptHead(GptConfig config, int outputs, bool hasBias, float dropout, ulong seed)
    {
        _score = Add("score", new Linear(config.Width, outputs, new RandomStreams(seed ^ HeadSeed), initializer: Initializers.Normal(config.InitialDeviation), hasBias: hasBias));
        Dropout = dropout;
    }

    public float Dropout { get; }

    /// <param name="x">[B, C]</param>
    /// <returns>[B, K]</returns>
    public Tensor Forward(Tensor x) => _score.Forward(x.Dropout(Dropout));
}
