using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Optimization;

/// <summary>Parameters that an optimizer treats alike.</summary>
/// <param name="Parameters">The parameters.</param>
public sealed record ParameterGroup(IReadOnlyList<Parameter> Parameters)
{
    /// <summary>Weight decay λ, at least 0. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>What the step's learning rate is multiplied by, at least 0: lower layers may learn slower. Default 1.</summary>
    public double RateScale { get; init; } = 1;

    /// <summary>All parameters of a layer in two groups: weights decay; biases and norms, which have one axis, do not.</summary>
    /// <param name="layer">The layer or model.</param>
    /// <param name="weightDecay">Weight decay λ of the weights.</param>
    public static IReadOnlyList<ParameterGroup> ForDecay(Layer layer, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return ForDecay(layer.Parameters, weightDecay);
    }

    /// <summary>Parameters in two groups: weights decay; biases and norms, which have one axis, do not.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weightDecay">Weight decay λ of the weights.</param>
    public static IReadOnlyList<ParameterGroup> ForDecay(IReadOnlyList<Parameter> parameters, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return
        [
            new([.. parameters.Where(parameter => parameter.Shape.Rank > 1)]) { WeightDecay = weightDecay },
            new([.. parameters.Where(parameter => parameter.Shape.Rank == 1)]),
        ];
    }
}
