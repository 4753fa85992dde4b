using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>The names and shapes of a model's parameters, found without memory for them: what a file must have.</summary>
internal static class ElmoParameterShapes
{
    /// <summary>Those of an <see cref="ElmoModel"/>, in the order of its declaration.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> Of(ElmoConfig config) => [.. OfTokens(config), .. OfStack(config, "forward"), .. OfStack(config, "backward")];

    /// <summary>Those of the softmax of an <see cref="ElmoLanguageModel"/>.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> OfSoftmax(ElmoConfig config)
    {
        int vocabulary = config.VocabularySize!.Value;
        return [("softmax.weight", new(vocabulary, config.Projection)), ("softmax.bias", new(vocabulary))];
    }

    private static IEnumerable<(string Name, Shape Shape)> OfTokens(ElmoConfig config)
    {
        if (config.Characters is not { } characters)
        {
            yield return ("tokens.words.weight", new(config.VocabularySize!.Value, config.Projection));
            yield break;
        }

        yield return ("tokens.characters.weight", new(ElmoCharacters.Count, characters.EmbeddingSize));
        for (int i = 0; i < characters.Filters.Count; i++)
        {
            (int width, int count) = characters.Filters[i];
            yield return ($"tokens.convolution.{i}.weight", new(width, characters.EmbeddingSize, count));
            yield return ($"tokens.convolution.{i}.bias", new(count));
        }

        int filters = characters.FilterCount;
        for (int i = 0; i < characters.Highways; i++)
        {
            foreach (string gate in (string[])["transform", "carry"])
            {
                yield return ($"tokens.highways.{i}.{gate}.weight", new(filters, filters));
                yield return ($"tokens.highways.{i}.{gate}.bias", new(filters));
            }
        }

        if (filters == config.Projection) yield break;
        yield return ("tokens.projection.weight", new(config.Projection, filters));
        yield return ("tokens.projection.bias", new(config.Projection));
    }

    private static IEnumerable<(string Name, Shape Shape)> OfStack(ElmoConfig config, string direction)
    {
        for (int i = 0; i < config.Layers; i++)
        {
            yield return ($"{direction}.{i}.input.weight", new(4 * config.Cells, config.Projection));
            yield return ($"{direction}.{i}.hidden.weight", new(4 * config.Cells, config.Projection));
            yield return ($"{direction}.{i}.bias", new(4 * config.Cells));
            if (config.HasProjection) yield return ($"{direction}.{i}.projection.weight", new(config.Projection, config.Cells));
        }
    }
}
