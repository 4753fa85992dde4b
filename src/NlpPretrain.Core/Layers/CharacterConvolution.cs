using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>Convolutions of several widths over a word's characters, each with its maximum over the positions, side by side: "{i}.weight" [width, D, F] and "{i}.bias" [F].</summary>
/// <remarks>
/// Source: Kim et al. 2016, arXiv:1508.06615, section 2.2. Filters start normal with variance 1 / (width·D), so that their sums are as large as the
/// characters' values; biases start at 0. Differs: bilm-tf does this for tanh alone, and for ReLU starts uniform in ±0.05.
/// </remarks>
public sealed class CharacterConvolution : Layer
{
    private readonly (Parameter Filters, Parameter Bias)[] _filters;
    private readonly Activation _activation;

    /// <summary>Creates the layer.</summary>
    /// <param name="dimensions">D, of a character's vector.</param>
    /// <param name="filters">Width and number of filters, as bilm-tf's options list them: (1, 32), (2, 32), (3, 64) ...</param>
    /// <param name="activation">ReLU or tanh.</param>
    /// <param name="random">Where first values come from.</param>
    public CharacterConvolution(int dimensions, IReadOnlyList<(int Width, int Count)> filters, Activation activation, RandomStreams random)
    {
        ArgumentNullException.ThrowIfNull(filters);
        if (filters.Count == 0) throw new ArgumentException("A character convolution needs at least one width.", nameof(filters));
        _activation = activation;
        _filters =
        [
            .. filters.Select((filter, i) => (Add($"{i}.weight", new(filter.Width, dimensions, filter.Count), Initializers.Normal(Math.Sqrt(1.0 / (filter.Width * dimensions))), random),
                Add($"{i}.bias", new(filter.Count), Initializers.Zeros, random))),
        ];
    }

    /// <param name="x">[N, characters, D]</param>
    /// <returns>[N, the number of all filters]</returns>
    public Tensor Forward(Tensor x)
    {
        Tensor all = x.CharacterConvolution(_filters[0].Filters, _filters[0].Bias, _activation);
        foreach ((Parameter filters, Parameter bias) in _filters.AsSpan(1)) all = Tensor.Concatenate([all, x.CharacterConvolution(filters, bias, _activation)], axis: 1);
        return all;
    }
}
