using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>One vector a token: "weight" [V, D].</summary>
public sealed class Embedding : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="vocabulary">V, number of tokens.</param>
    /// <param name="dimensions">D</param>
    /// <param name="random">Where first values come from.</param>
    /// <param name="initializer">First values. Default: normal, 0.02.</param>
    public Embedding(int vocabulary, int dimensions, RandomStreams random, Initializer? initializer = null) =>
        Weight = Add("weight", new(vocabulary, dimensions), initializer ?? Initializers.Normal(0.02), random);

    /// <summary>The table, [V, D]: an output projection may be tied to it.</summary>
    public Parameter Weight { get; }

    /// <param name="pass">The pass that computes.</param>
    /// <param name="ids">Token ids, 0 to V − 1.</param>
    /// <param name="shape">The shape of the ids, such as [B, T].</param>
    /// <returns>[B, T, D]</returns>
    public Tensor Forward(Pass pass, ReadOnlySpan<int> ids, Shape shape) => Weight.AsTensor().Embedding(pass, ids, shape);
}
