using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec.Tests.Training;

/// <summary>Small made texts, and runs over them.</summary>
internal static class Samples
{
    internal static readonly WhitespaceTokenizer Tokenizer = new();

    /// <summary>Sentences over words w0, w1, ... whose frequency falls with their number.</summary>
    internal static InMemoryCorpus Corpus(int sentences = 400, int words = 60, int seed = 1)
    {
        Random random = new(seed);
        return new InMemoryCorpus(Enumerable.Range(0, sentences).Select(_ =>
            string.Join(' ', Enumerable.Range(0, random.Next(1, 25)).Select(_ => $"w{(int)(words * Math.Pow(random.NextDouble(), 2))}"))));
    }

    internal static WordVocabulary Vocabulary(ICorpus corpus) => WordVocabulary.Build(corpus, Tokenizer, new WordVocabularyOptions { MinCount = 1 });

    internal static async Task<Word2VecModel> Train(Word2VecConfig config, ICorpus corpus, TrainingOptions options, Word2VecUpdates updates = Word2VecUpdates.Reproducible)
    {
        Word2VecPretrainer pretrainer = new(Vocabulary(corpus), Tokenizer) { Updates = updates };
        Word2VecModel model = pretrainer.CreateModel(config, seed: 1);
        await pretrainer.PretrainAsync(model, corpus, options).RunAsync();
        return model;
    }

    /// <summary>FNV-1a over the bits of both matrices.</summary>
    internal static string Hash(Word2VecModel model)
    {
        ulong hash = 14695981039346656037;
        foreach (float value in model.Inputs.Padded) hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 1099511628211;
        foreach (float value in model.Outputs.Padded) hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 1099511628211;
        return hash.ToString("X16", System.Globalization.CultureInfo.InvariantCulture);
    }
}
