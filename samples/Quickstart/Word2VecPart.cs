using NlpPretrain.Text;
using NlpPretrain.Training;
using NlpPretrain.Word2Vec;
using Spectre.Console;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>Word2Vec gives a word one vector, by which words stand beside it.</summary>
internal static class Word2VecPart
{
    // Rare words have vectors by chance; the most frequent ones make better neighbours.
    private static readonly SearchOptions Frequent = new() { Within = 5_000 };

    public static async Task<Contestant> RunAsync(Documentation documentation, Settings settings)
    {
        // 1. What cuts text to words, and the words that get a vector: those that occur five times or more.
        WordTokenizer tokenizer = new();
        WordVocabulary vocabulary = WordVocabulary.Build(documentation.Corpus, tokenizer, workers: settings.Workers, cancellationToken: settings.Stop);

        // 2. Skip-gram with negative sampling, 100 dimensions. Its workers write to the vectors without locks: the fastest way, and with several workers no two runs are quite equal.
        Word2VecPretrainer pretrainer = new(vocabulary, tokenizer) { Updates = Word2VecUpdates.LockFree };
        Word2VecConfig config = new() { Dimensions = 100 };
        Word2VecModel model = pretrainer.CreateModel(config, seed: 1);
        TrainingOptions options = new() { Workers = settings.Workers, Epochs = settings.Quick ? 1 : 20 };
        await TrainingDisplay.ShowAsync(pretrainer.PretrainAsync(model, documentation.Corpus, options, settings.Stop), "words");

        // 3. What the vectors know.
        WordVectors vectors = model.ToWordVectors();
        ShowNeighbours(vectors, "string", "stream", "exception", "thread", "server", "date", "color");

        // 4. The vectors in word2vec's binary format, which other programs read, and the whole model, which can be trained further.
        vectors.WriteBinary(settings.FolderOf("vectors.bin"));
        model.Save(settings.FolderOf("word2vec"));
        settings.Stop.ThrowIfCancellationRequested();

        // 5. A classifier over the mean of a sentence's vectors, in which frequent words count less.
        Word2VecTuningOptions tuning = new() { TrainWordVectors = true, FrequencySmoothing = 1e-3 };
        Word2VecTextClassification task = Word2VecTextClassification.FromExamples(tokenizer, documentation.Task.Training, tuning);
        return Contestant.Create("Word2Vec", task, vectors, pretrainer.CreateModel(config, seed: 2).ToWordVectors(), new() { Epochs = 30 });
    }

    private static void ShowNeighbours(WordVectors vectors, params string[] words)
    {
        Table table = new Table().Title("[bold]Nearest words[/], with their cosine").RoundedBorder().AddColumns("word", "neighbours");
        foreach (string word in words.Where(word => vectors.Contains(word)))
        {
            IEnumerable<string> nearest = vectors.MostSimilar(word, count: 5, Frequent).Select(near => $"{near.Word.EscapeMarkup()}\u00A0[grey]{near.Score:F2}[/]");
            table.AddRow(word, string.Join("  ", nearest));
        }

        AnsiConsole.Write(table);
    }
}
