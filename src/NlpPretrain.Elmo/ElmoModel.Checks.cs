namespace NlpPretrain.Elmo;

/// <content>What a caller may get wrong, found before anything is computed.</content>
public sealed partial class ElmoModel
{
    internal static void CheckCache(ElmoConfig config, ElmoTokenCache? cache)
    {
        if (cache is not null && (config.Characters?.MostCharacters != cache.MostCharacters || config.Projection != cache.Width))
        {
            throw new ArgumentException($"The cache has vectors of {cache.Width} values for words of {cache.MostCharacters} characters; the model has {config.Projection} and " +
                $"{Describe(config.Characters?.MostCharacters ?? 0)}. Create it with this model.", nameof(cache));
        }
    }

    private void CheckBatch(ElmoBatch batch, ElmoStates? states)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Shape.Size == 0) throw new ArgumentException("The batch is empty; fill it with at least one sequence (ElmoBatch.Fill).", nameof(batch));
        int most = Config.Characters?.MostCharacters ?? 0;
        if (batch.MostCharacters != most)
            throw new ArgumentException($"The batch has {Describe(batch.MostCharacters)}, and this model reads {Describe(most)}; create the batch with the model's config (ElmoModel.Config).", nameof(batch));
        states?.Require(Config, batch.Shape[0]);

        if (Config.Characters is not null)
        {
            foreach (int character in batch.Characters)
            {
                if ((uint)character >= ElmoCharacters.Count)
                    throw new ArgumentOutOfRangeException(nameof(batch), character, $"Character {character} is not one of the {ElmoCharacters.Count}: 256 bytes and five marks; use ElmoTokens to make them.");
            }

            return;
        }

        int vocabulary = Config.VocabularySize!.Value;
        for (int i = 0; i < batch.Tokens.Length; i++)
        {
            if ((uint)batch.Tokens[i] >= (uint)vocabulary)
            {
                throw new ArgumentOutOfRangeException(nameof(batch), batch.Tokens[i], $"Id {batch.Tokens[i]}, at place {i}, is not one of the model's {vocabulary} words (ElmoConfig.VocabularySize); " +
                    "use the vocabulary that the model was trained with.");
            }
        }
    }

    private static string Describe(int most) => most == 0 ? "words as ids" : $"words of {most} characters";
}
