using System.Globalization;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>The architecture of an ELMo.</summary>
/// <remarks>The defaults are those of the published "Original" model. Source: Peters et al. 2018, section 3.4; the other published sizes from allennlp.org/elmo.</remarks>
public sealed record ElmoConfig
{
    /// <summary>How words are read by their characters; null: a word is an id of the vocabulary. Default: as the published models.</summary>
    public ElmoCharacterConfig? Characters { get; init; } = new();

    /// <summary>LSTMs of each direction, one over the other, 1 to 100. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>N, the cells of each LSTM, 1 to 65,536. Default 4,096.</summary>
    public int Cells { get; init; } = 4096;

    /// <summary>P, what the cells are projected to and the size of a token's vector, 1 to <see cref="Cells"/>; as many as there are cells: no projection. Default 512.</summary>
    public int Projection { get; init; } = 512;

    /// <summary>Whether each LSTM but the first adds its input to its output. Default true.</summary>
    public bool HasSkipConnections { get; init; } = true;

    /// <summary>The cells are clipped to ± this, above 0; ∞: not at all. Default 3.</summary>
    public float CellLimit { get; init; } = 3;

    /// <summary>The projected outputs are clipped to ± this, above 0; ∞: not at all. Without a projection nothing is. Default 3.</summary>
    public float ProjectionLimit { get; init; } = 3;

    /// <summary>The part of each LSTM's input, and of what the softmax sees, that training drops, 0 to below 1. Default 0.1.</summary>
    public float Dropout { get; init; } = 0.1f;

    /// <summary>V, the words that a language model predicts and, without characters, those it reads, at least 1. Default null: as many as the vocabulary has, which the pretrainer fills in.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>Word ids, 256 cells, projection 64: for tests and first steps.</summary>
    public static ElmoConfig Tiny => new() { Characters = null, Cells = 256, Projection = 64 };

    /// <summary>Word ids, 512 cells, projection 128: some minutes on a laptop.</summary>
    public static ElmoConfig Mini => new() { Characters = null, Cells = 512, Projection = 128 };

    /// <summary>The published small model: 1,024 cells, projection 128, one highway; 13.6 million parameters.</summary>
    public static ElmoConfig Small => new() { Characters = new() { Highways = 1 }, Cells = 1024, Projection = 128 };

    /// <summary>The published medium model: 2,048 cells, projection 256, one highway; 28.0 million parameters.</summary>
    public static ElmoConfig Medium => new() { Characters = new() { Highways = 1 }, Cells = 2048, Projection = 256 };

    /// <summary>The published original model: 4,096 cells, projection 512, two highways; 93.6 million parameters.</summary>
    public static ElmoConfig Original => new();

    /// <summary>Whether the cells are projected.</summary>
    internal bool HasProjection => Projection < Cells;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        ConfigRange range = new(nameof(ElmoConfig));
        Characters?.Validate();
        range.Require(Layers, 1, 100, nameof(Layers));
        range.Require(Cells, 1, 65_536, nameof(Cells));
        range.Require(Projection, 1, Cells, nameof(Projection));
        RequireLimit(CellLimit, nameof(CellLimit));
        RequireLimit(ProjectionLimit, nameof(ProjectionLimit));
        range.RequireProbability(Dropout, nameof(Dropout));
        if (VocabularySize is { } size) range.Require(size, 1, int.MaxValue, nameof(VocabularySize));

        static void RequireLimit(float limit, string name)
        {
            if (!(limit > 0)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} is {limit}; it must be above 0, infinity for none ({nameof(ElmoConfig)}.{name})."));
        }
    }

    /// <summary>The number of the weights of an <see cref="ElmoModel"/>: token layer and LSTMs, no softmax.</summary>
    /// <exception cref="InvalidOperationException">Words are read as ids, and there is no vocabulary's size.</exception>
    public long CountParameters()
    {
        long tokens = Characters is { } characters ? characters.CountParameters(Projection)
            : (long)Projection * (VocabularySize ?? throw new InvalidOperationException("The vocabulary's size is not known yet; set it to the number of the vocabulary's words (ElmoConfig.VocabularySize)."));
        long lstm = 4L * Cells * (2L * Projection + 1) + (HasProjection ? (long)Projection * Cells : 0);
        return tokens + 2 * Layers * lstm;
    }

    /// <summary>All values in a line, which no culture changes: a checkpoint holds it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{nameof(ElmoConfig)} {{ Characters = {Characters}, Layers = {Layers}, Cells = {Cells}, Projection = {Projection}, HasSkipConnections = {HasSkipConnections}, CellLimit = {CellLimit}, " +
        $"ProjectionLimit = {ProjectionLimit}, Dropout = {Dropout}, VocabularySize = {VocabularySize} }}");
}
