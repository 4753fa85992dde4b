using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Elmo.Tests.FineTuning;

/// <summary>A vocabulary of the words of the toy tasks, and a model that has learned nothing yet.</summary>
internal static class ToyElmo
{
    private static readonly string[] Words = [.. ToyTexts.Good.Concat(ToyTexts.Bad).Concat(ToyTexts.Other).Select(word => word.Trim())];

    public static WordTokenizer Tokenizer { get; } = new();

    public static ElmoVocabulary Vocabulary { get; } = ElmoVocabulary.Create(WordVocabulary.Create([.. Words, .. Words.Select(word => word + "er")]));

    public static ElmoConfig Config { get; } = new() { Characters = null, Cells = 24, Projection = 12, VocabularySize = Vocabulary.Count };

    public static ElmoConfig Characters { get; } = Config with { Characters = new() { EmbeddingSize = 6, Filters = [(1, 4), (2, 8), (3, 8)], Highways = 1, MostCharacters = 12 }, VocabularySize = null };

    public static ElmoTuningOptions Tuning { get; } = new() { HeadCells = 16, VectorDropout = 0.2f, ClassifierDropout = 0 };

    /// <summary>A model whose vectors are about as large as those of one that was trained.</summary>
    public static ElmoModel Model(ElmoConfig? config = null)
    {
        ElmoModel model = new(config ?? Config, 1);
        foreach (Parameter parameter in model.Parameters)
        {
            foreach (ref float value in parameter.Data) value *= 2;
        }

        return model;
    }

    public static float[] Weights(IEnumerable<Parameter> parameters) => [.. parameters.SelectMany(parameter => parameter.Data.ToArray())];

    public static float[] Weights(ElmoTunedModel tuned) => Weights(tuned.Tuned.Parameters);
}
