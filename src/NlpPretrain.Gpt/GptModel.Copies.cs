using NlpPretrain.Initialization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <content>Copies of a model's weights.</content>
public sealed partial class GptModel
{
    /// <summary>Copies all weights to a model of the same architecture.</summary>
    /// <param name="other">The model that receives them; dropouts may differ.</param>
    /// <exception cref="ArgumentException">A parameter is missing or has another shape.</exception>
    public void CopyTo(GptModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ModelFolder.CopyWeights([.. Pairs(other)], "GptModel.Config");
    }

    /// <summary>A copy whose vocabulary has more tokens at its end, with random embeddings: the start, delimiter and end tokens of a task.</summary>
    /// <remarks>Source: Radford et al. 2018, section 3.3. Tied or not, the new tokens have logits too.</remarks>
    /// <param name="newTokens">Number of new tokens, at least 0.</param>
    /// <param name="seed">Seed of their embeddings, which are normal with the config's deviation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public GptModel Extend(int newTokens, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(newTokens);
        GptModel extended = new(Config with { VocabularySize = checked(Config.VocabularySize!.Value + newTokens) }, seed, isBlank: true);
        RandomStreams random = new(seed);
        foreach ((Parameter source, Parameter target) in Pairs(extended))
        {
            source.Data.CopyTo(target.Data);
            Span<float> added = target.Data[source.Shape.Size..];                                       // the last rows of a table
            if (!added.IsEmpty) Config.Weights()(added, new(newTokens, Config.Width), random.Next());
        }

        return extended;
    }

    private IEnumerable<(Parameter Source, Parameter Target)> Pairs(GptModel other)
    {
        if (Config.Architecture != other.Config.Architecture || Parameters.Count != other.Parameters.Count)
        {
            throw new ArgumentException($"This model is a {Config.Architecture} of {Parameters.Count} parameters and the other a {other.Config.Architecture} of {other.Parameters.Count}; " +
                "create it with this model's config (GptModel.Config).", nameof(other));
        }

        return Parameters.Zip(other.Parameters);
    }
}
