using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>A part of a model: it owns parameters and other layers, and computes with them.</summary>
/// <remarks>
/// Constructors declare each parameter and layer once, by <see cref="Add(string, Shape, Initializer, RandomStreams)"/> or <see cref="Add{TLayer}"/>, which names,
/// creates, initializes and registers it. Names follow the published checkpoints of the model: "h.0.attn.c_attn.weight".
/// </remarks>
public abstract class Layer
{
    private readonly List<Parameter> _parameters = [];

    /// <summary>The parameters of this layer and of all layers in it, in the order of their declaration.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Declares a parameter.</summary>
    /// <param name="name">Its name within this layer.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="initializer">Its first values.</param>
    /// <param name="random">Where random first values come from: each parameter takes the next stream.</param>
    /// <exception cref="ArgumentException">The layer has a parameter of that name.</exception>
    protected Parameter Add(string name, Shape shape, Initializer initializer, RandomStreams random)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        ArgumentNullException.ThrowIfNull(random);
        Parameter parameter = new(name, shape);
        initializer(parameter.Data, shape, random.Next());
        Register(parameter);
        return parameter;
    }

    /// <summary>Declares a layer within this one; its parameters get the name and a dot before theirs.</summary>
    /// <param name="name">Its name within this layer.</param>
    /// <param name="layer">The layer; it belongs to no other.</param>
    /// <typeparam name="TLayer">Its type.</typeparam>
    /// <returns>The layer.</returns>
    /// <exception cref="ArgumentException">The layer has a parameter of such a name.</exception>
    protected TLayer Add<TLayer>(string name, TLayer layer) where TLayer : Layer
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(layer);
        foreach (Parameter parameter in layer._parameters)
        {
            parameter.Name = $"{name}.{parameter.Name}";
            Register(parameter);
        }

        return layer;
    }

    private void Register(Parameter parameter)
    {
        if (_parameters.Any(other => other.Name == parameter.Name))
            throw new ArgumentException($"The layer has a parameter '{parameter.Name}' already; give each parameter and layer a name of its own.", nameof(parameter));
        _parameters.Add(parameter);
    }
}
