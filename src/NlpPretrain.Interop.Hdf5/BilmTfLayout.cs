using NlpPretrain.Elmo;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>The datasets of bilm-tf's weights for a model, by the names that its dump_weights gives them.</summary>
internal static class BilmTfLayout
{
    internal const string WordTable = "embedding";

    private const string CharacterTable = "char_embed", Lstms = "RNN_";

    /// <summary>How the names of all datasets that make the vectors of tokens begin: others in a file are not ours to judge.</summary>
    private static readonly string[] Families = [WordTable, CharacterTable, "CNN"];

    internal static bool IsOfModel(string name) => IsOfLstms(name) || Families.Any(family => name.StartsWith(family, StringComparison.Ordinal));

    internal static bool IsOfLstms(string name) => name.StartsWith(Lstms, StringComparison.Ordinal);

    /// <summary>What the vectors of tokens are made of.</summary>
    internal static IEnumerable<BilmTfDataset> TokensOf(ElmoConfig config) => config.Characters is { } characters ? CharactersOf(characters, config.Projection)
        : [new(WordTable, [config.VocabularySize!.Value, config.Projection], BilmTfOrder.Same, "tokens.words.weight")];

    /// <summary>The rests of biases that single precision needs: see <see cref="BilmTfOrder.BiasRest"/>.</summary>
    internal static IEnumerable<BilmTfDataset> BiasRestsOf(ElmoConfig config) => LstmsOf(config)
        .Where(dataset => dataset.Order == BilmTfOrder.Bias).Select(dataset => dataset with { Name = dataset.Name + "_rest", Order = BilmTfOrder.BiasRest });

    private static IEnumerable<BilmTfDataset> CharactersOf(ElmoCharacterConfig characters, int projection)
    {
        int filters = characters.Filters.Sum(filter => filter.Count);
        yield return new(CharacterTable, [BilmTfOptions.Characters, characters.EmbeddingSize], BilmTfOrder.Same, "tokens.characters.weight");
        for (int i = 0; i < characters.Filters.Count; i++)
        {
            (int width, int count) = characters.Filters[i];
            yield return new($"CNN/W_cnn_{i}", [1, width, characters.EmbeddingSize, count], BilmTfOrder.Same, $"tokens.convolution.{i}.weight");
            yield return new($"CNN/b_cnn_{i}", [count], BilmTfOrder.Same, $"tokens.convolution.{i}.bias");
        }

        for (int i = 0; i < characters.Highways; i++)
        {
            foreach (string part in (string[])["carry", "transform"])
            {
                yield return new($"CNN_high_{i}/W_{part}", [filters, filters], BilmTfOrder.Transposed, $"tokens.highways.{i}.{part}.weight");
                yield return new($"CNN_high_{i}/b_{part}", [filters], BilmTfOrder.Same, $"tokens.highways.{i}.{part}.bias");
            }
        }

        if (filters == projection) yield break;
        yield return new("CNN_proj/W_proj", [filters, projection], BilmTfOrder.Transposed, "tokens.projection.weight");
        yield return new("CNN_proj/b_proj", [projection], BilmTfOrder.Same, "tokens.projection.bias");
    }

    internal static IEnumerable<BilmTfDataset> LstmsOf(ElmoConfig config)
    {
        (int cells, int projection) = (config.Cells, config.Projection);
        foreach (ElmoDirection direction in Enum.GetValues<ElmoDirection>())
        {
            string stack = direction == ElmoDirection.Forward ? "forward" : "backward";
            for (int i = 0; i < config.Layers; i++)
            {
                string file = $"{Lstms}{(int)direction}/RNN/MultiRNNCell/Cell{i}/LSTMCell", model = $"{stack}.{i}";
                yield return new($"{file}/W_0", [2 * projection, 4 * cells], BilmTfOrder.Kernel, $"{model}.input.weight", $"{model}.hidden.weight");
                yield return new($"{file}/B", [4 * cells], BilmTfOrder.Bias, $"{model}.bias");
                if (projection < cells) yield return new($"{file}/W_P_0", [cells, projection], BilmTfOrder.Transposed, $"{model}.projection.weight");
            }
        }
    }
}
