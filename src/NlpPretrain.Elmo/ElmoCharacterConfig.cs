using System.Globalization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>How a word's vector is made of its characters, the bytes of its UTF-8: convolutions, highways and a projection.</summary>
/// <remarks>The defaults are those of the published models. Source: Peters et al. 2018, section 3.4; Jozefowicz et al. 2016; sizes from bilm-tf's options.</remarks>
public sealed record ElmoCharacterConfig
{
    /// <summary>D, the size of a character's vector, 1 to 65,536. Default 16.</summary>
    public int EmbeddingSize { get; init; } = 16;

    /// <summary>Width and number of the filters of each convolution, at least one; widths 1 to <see cref="MostCharacters"/>. Default: seven widths with 2,048 filters.</summary>
    public IReadOnlyList<(int Width, int Count)> Filters { get; init; } = [(1, 32), (2, 32), (3, 64), (4, 128), (5, 256), (6, 512), (7, 1024)];

    /// <summary>Highways behind the convolutions, 0 to 100. Default 2.</summary>
    public int Highways { get; init; } = 2;

    /// <summary>M, the characters of a word with the two marks of its begin and end, 3 to 10,000. Default 50.</summary>
    public int MostCharacters { get; init; } = 50;

    /// <summary>What follows the convolutions, <see cref="Activation.Relu"/> or <see cref="Activation.Tanh"/>. Default ReLU.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>F, all filters together.</summary>
    internal int FilterCount => Filters.Sum(filter => filter.Count);

    /// <summary>Whether both have equal values, filter by filter.</summary>
    /// <param name="other">Another config.</param>
    public bool Equals(ElmoCharacterConfig? other) => other is not null && EmbeddingSize == other.EmbeddingSize && Filters.SequenceEqual(other.Filters) && Highways == other.Highways
        && MostCharacters == other.MostCharacters && Activation == other.Activation;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EmbeddingSize, Filters.Count, FilterCount, Highways, MostCharacters, Activation);

    /// <summary>All values in a line, which no culture changes: a checkpoint holds it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{nameof(ElmoCharacterConfig)} {{ EmbeddingSize = {EmbeddingSize}, Filters = [{string.Join(", ", Filters.Select(Describe))}], Highways = {Highways}, MostCharacters = {MostCharacters}, Activation = {Activation} }}");

    internal void Validate()
    {
        ConfigRange range = new(nameof(ElmoCharacterConfig));
        range.Require(EmbeddingSize, 1, 65_536, nameof(EmbeddingSize));
        range.Require(Highways, 0, 100, nameof(Highways));
        range.Require(MostCharacters, 3, 10_000, nameof(MostCharacters));
        if (Filters is null || Filters.Count == 0) throw new ArgumentException("There are no filters; give one width and number of filters or more (ElmoCharacterConfig.Filters).");
        foreach ((int width, int count) in Filters)
        {
            if (width < 1 || width > MostCharacters || count is < 1 or > 65_536)
            {
                throw new ArgumentException($"{Describe((width, count))} is no width from 1 to {MostCharacters}, the most characters of a word, with 1 to 65536 filters " +
                    "(ElmoCharacterConfig.Filters, ElmoCharacterConfig.MostCharacters).");
            }
        }

        if (Activation is not (Activation.Relu or Activation.Tanh))
            throw new ArgumentException($"Activation is {Activation}; it must be Relu or Tanh (ElmoCharacterConfig.Activation).");
    }

    internal long CountParameters(int projection)
    {
        long filters = FilterCount, highway = 2 * filters * (filters + 1);
        return (long)ElmoCharacters.Count * EmbeddingSize + Filters.Sum(filter => (filter.Width * (long)EmbeddingSize + 1) * filter.Count) + Highways * highway
            + (filters == projection ? 0 : (filters + 1) * projection);
    }

    private static string Describe((int Width, int Count) filter) => string.Create(CultureInfo.InvariantCulture, $"({filter.Width}, {filter.Count})");
}
