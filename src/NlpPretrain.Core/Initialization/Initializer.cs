using NlpPretrain.Tensors;

namespace NlpPretrain.Initialization;

/// <summary>Fills a parameter with its first values.</summary>
/// <param name="values">The values, zeros at first.</param>
/// <param name="shape">The parameter's shape.</param>
/// <param name="random">Random numbers of its own.</param>
public delegate void Initializer(Span<float> values, Shape shape, RandomStream random);
