using NlpPretrain.Text;
using NlpPretrain.Training;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Solution.Tests;

internal static class ReadmeExample
{
    internal static async Task RunAsync()
    {
        // <readme>
        ICorpus corpus = new TextFileCorpus("my-texts/**/*.txt");
        WordTokenizer tokenizer = new();
        WordVocabulary vocabulary = WordVocabulary.Build(corpus, tokenizer);

        Word2VecPretrainer pretrainer = new(vocabulary, tokenizer);
        Word2VecModel model = pretrainer.CreateModel(new Word2VecConfig { Dimensions = 100 }, seed: 1);
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, corpus, new() { Epochs = 5 }))
        {
            if (at.Step % 10 == 0) Console.WriteLine($"{at.Step,6} of {at.TotalSteps}  {at.Loss:F3} nats  {at.Remaining:mm\\:ss} left");
        }

        WordVectors vectors = model.ToWordVectors();
        foreach (WordScore near in vectors.MostSimilar("apple", 5)) Console.WriteLine($"{near.Word,-12} {near.Score:F3}");
        vectors.WriteBinary("vectors.bin");
        // </readme>
    }
}
