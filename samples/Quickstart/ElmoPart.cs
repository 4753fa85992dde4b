using System.Numerics.Tensors;
using NlpPretrain.Elmo;
using NlpPretrain.Text;
using NlpPretrain.Training;
using Spectre.Console;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>ELMo gives a word another vector in every sentence: it reads the sentence from both ends.</summary>
internal static class ElmoPart
{
    private const string Word = "key", OfDictionary = "removes the value with the specified key from the dictionary", OfCertificate = "exports the private key of the certificate in an encrypted format";
    private const int Candidates = 1_000, LeastWords = 5, MostWords = 20;

    public static async Task<Contestant> RunAsync(Documentation documentation, Settings settings)
    {
        // 1. The words that it predicts.
        WordTokenizer tokenizer = new();
        WordVocabularyOptions words = new() { MaxSize = 6_000 };
        ElmoVocabulary vocabulary = ElmoVocabulary.Create(WordVocabulary.Build(documentation.Corpus, tokenizer, words, settings.Workers, settings.Stop));

        // 2. Two stacks of LSTMs, trained to tell the next word and the one before, among a sample of the others: that is faster, and its loss lower, than among all of them.
        ElmoPretrainer pretrainer = new(vocabulary, tokenizer) { SampledWords = 512 };
        ElmoConfig config = ElmoConfig.Tiny with { Dropout = 0 };
        ElmoLanguageModel model = pretrainer.CreateModel(config, seed: 1);
        TrainingOptions options = new() { Workers = settings.Workers, Steps = settings.Quick ? 10 : 2_800, LearningRate = 3e-3 };
        await TrainingDisplay.ShowAsync(pretrainer.PretrainAsync(model, documentation.Corpus, options, settings.Stop), "words");

        // 3. The neighbours of a word are the same word where it means the same.
        ShowContexts(documentation.Corpus, new ElmoEmbedder(model.Model, vocabulary));

        // 4. The model with its vocabulary.
        model.Save(settings.FolderOf("elmo"), vocabulary);
        settings.Stop.ThrowIfCancellationRequested();

        // 5. A classifier that mixes the layers of the language model and reads them with LSTMs of its own; all of it learns.
        ElmoTuningOptions tuning = new() { ModelRate = 0.5, NormalizesLayers = true, VectorDropout = 0.2f, HeadCells = 64 };
        ElmoTextClassification task = ElmoTextClassification.FromExamples(vocabulary, tokenizer, documentation.Task.Training, tuning);
        return Contestant.Create("ELMo", task, model.Model, pretrainer.CreateModel(config, seed: 2).Model, new() { Epochs = 16, BatchSize = 16, LearningRate = 3e-3 });
    }

    private static void ShowContexts(ICorpus corpus, ElmoEmbedder embedder)
    {
        IEnumerable<string[]> sentences = corpus.Read().Select(passage => passage.Text.ToLowerInvariant().TrimEnd('.')).Except([OfDictionary, OfCertificate])
            .Select(text => text.Split(' ')).Where(words => words.Length is >= LeastWords and <= MostWords && words.Contains(Word));
        IReadOnlyList<ElmoVectors> others = embedder.EmbedBatch([.. sentences.Take(Candidates)]);
        Table table = new Table().Title($"[bold]\"{Word}\" in two contexts[/], and the sentences where its vector is nearest").RoundedBorder().AddColumns("context", "nearest");
        foreach (string context in (string[])[OfDictionary, OfCertificate])
        {
            float[] vector = VectorOf(embedder.Embed(context.Split(' ')));
            IEnumerable<ElmoVectors> nearest = others.OrderByDescending(other => TensorPrimitives.CosineSimilarity(vector, VectorOf(other))).Take(3);
            table.AddRow(context, string.Join('\n', nearest.Select(near => string.Join(' ', near.Words).EscapeMarkup())));
        }

        AnsiConsole.Write(table);
    }

    private static float[] VectorOf(ElmoVectors sentence) => sentence[sentence.Layers - 1, sentence.Words.TakeWhile(word => word != Word).Count()].ToArray();
}
