using System.Text;
using NlpPretrain.Samples.TwoLanguages;
using NlpPretrain.Text;
using NlpPretrain.Training;
using NlpPretrain.Word2Vec;
using Spectre.Console;

if (!Arguments.TryParse(args, out Arguments? arguments, out int exitCode)) return exitCode;

Console.OutputEncoding = Encoding.UTF8;
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};

try
{
    // 1. The messages of the SDK, each in English and in Chinese: two corpora that say the same.
    AlignedText[] pairs = [.. new SdkResourcesCorpus("zh-Hans").ReadPairs()];
    InMemoryCorpus english = new(pairs.Select(pair => pair.English)), chinese = new(pairs.Select(pair => pair.Translation));

    // 2. Words. Chinese writes none apart: they come from a dictionary, or are learned as characters that belong together.
    IWordTokenizer englishTokenizer = new WordTokenizer();
    IWordTokenizer chineseTokenizer = arguments.Dictionary is { } dictionary
        ? new ChineseTokenizer(ChineseSegmenter.Load(dictionary))
        : PhraseDetector.Learn(chinese, new WordTokenizer(), new PhraseOptions { Score = PhraseScore.NormalizedPmi, Threshold = 0.4, Rounds = 2 });

    // 3. Vectors for each language, trained apart: neither run sees the other language or the alignment.
    Task<WordVectors> englishTraining = TrainAsync(english, englishTokenizer), chineseTraining = TrainAsync(chinese, chineseTokenizer);
    WordVectors[] both = await AnsiConsole.Status().StartAsync("Training English and Chinese vectors", _ => Task.WhenAll(englishTraining, chineseTraining));
    (WordVectors source, WordVectors target) = (both[0], both[1]);
    AnsiConsole.MarkupLineInterpolated($"[bold]Corpus[/]   {pairs.Length:N0} messages of the .NET SDK in English and Chinese");
    AnsiConsole.MarkupLineInterpolated($"[bold]Vectors[/]  {source.Count:N0} English and {target.Count:N0} Chinese words, {source.Dimensions} dimensions");

    // 4. Words that occur in the same messages translate each other. One in five is kept for the test.
    BilingualPair[] lexicon = SeedLexicon.Find(pairs, englishTokenizer, source, chineseTokenizer, target);
    BilingualPair[] test = [.. lexicon.Where((_, index) => index % 5 == 0)], train = [.. lexicon.Where((_, index) => index % 5 != 0)];
    AnsiConsole.MarkupLineInterpolated($"[bold]Lexicon[/]  {train.Length:N0} word pairs to learn the map from, {test.Length:N0} held out");

    // 5. The rotation that takes the English words of the lexicon nearest to the Chinese ones, and what it does for the others.
    BilingualMap map = BilingualMap.Learn(source, target, train);
    Report.Precision(map, test, target.Count);
    Report.Translations(map, test);
    return 0;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Stopped.");
    return Arguments.Cancelled;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"Error: {exception.Message}");
    return Arguments.Failed;
}

async Task<WordVectors> TrainAsync(ICorpus corpus, IWordTokenizer tokenizer)
{
    WordVocabulary vocabulary = WordVocabulary.Build(corpus, tokenizer, new WordVocabularyOptions { MinCount = 3 }, cancellationToken: stop.Token);
    Word2VecPretrainer pretrainer = new(vocabulary, tokenizer) { Updates = Word2VecUpdates.LockFree };
    Word2VecModel model = pretrainer.CreateModel(new Word2VecConfig { Dimensions = 100, Window = 10 }, seed: 1);

    // One worker a language: both processors of a small machine are busy, and every run gives the same vectors.
    TrainingOptions options = new() { Workers = 1, Epochs = arguments.Quick ? 2 : 30 };
    await foreach (TrainingProgress _ in pretrainer.PretrainAsync(model, corpus, options, stop.Token))
    {
    }

    return model.ToWordVectors();
}
