using NlpPretrain.Samples.Quickstart;
using NlpPretrain.Text;
using NlpPretrain.Training;
using NlpPretrain.Word2Vec;
using Spectre.Console;

if (!Arguments.TryParse(args, out Arguments? arguments, out int exitCode)) return exitCode;

// Ctrl-C asks the training to stop after the step that is running; a second one ends the program at once.
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};

try
{
    Directory.CreateDirectory(arguments.Output);

    // 1. A corpus, what cuts it to words, and the words that get a vector: those that occur five times or more.
    SdkDocumentationCorpus corpus = new();
    AnsiConsole.MarkupLine("[grey]Reading the documentation of the .NET SDK[/]");
    ICorpus text = arguments.Quick ? new InMemoryCorpus(corpus.Read().Take(20_000).Select(passage => passage.Text)) : corpus;
    WordTokenizer tokenizer = new();
    WordVocabulary vocabulary = WordVocabulary.Build(text, tokenizer, workers: arguments.Workers, cancellationToken: stop.Token);
    AnsiConsole.MarkupLineInterpolated(
        $"[bold]Corpus[/]   {corpus.Files.Count} files, {vocabulary.TotalWords:N0} words, {vocabulary.Count:N0} different");

    // 2. A model: skip-gram with negative sampling, 100 dimensions. Its workers write to the vectors without locks: the fastest way.
    Word2VecPretrainer pretrainer = new(vocabulary, tokenizer) { Updates = Word2VecUpdates.LockFree };
    Word2VecModel model = pretrainer.CreateModel(new Word2VecConfig { Dimensions = 100 }, seed: 1);

    // 3. Training is a stream of steps that the display pulls: plot, evaluate or stop between two of them.
    TrainingOptions options = new() { Workers = arguments.Workers, Epochs = 5 };
    bool finished = await TrainingDisplay.ShowAsync(pretrainer.PretrainAsync(model, text, options, stop.Token));
    if (!finished) AnsiConsole.MarkupLine("[yellow]Stopped early[/]; what was learned so far is shown and saved.");

    // 4. What the vectors know.
    WordVectors vectors = model.ToWordVectors();
    Report.Neighbours(vectors, "string", "stream", "exception", "thread", "server", "date", "color");
    Report.Analogies(vectors,
        ("min", "max", "minimum", "maximum"),
        ("client", "server", "request", "response"),
        ("public", "private", "encrypt", "decrypt"),
        ("upper", "lower", "uppercase", "lowercase"),
        ("year", "years", "month", "months"),
        ("key", "keys", "value", "values"));

    // 5. The vectors in word2vec's binary format, which other programs read, and the whole model, which can be trained further.
    string file = Path.Combine(arguments.Output, "vectors.bin");
    vectors.WriteBinary(file);
    model.Save(Path.Combine(arguments.Output, "model"));
    Report.Saved(file, Path.Combine(arguments.Output, "model"));
    return finished ? 0 : Arguments.Cancelled;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Stopped before training began; nothing was saved.");
    return Arguments.Cancelled;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"Error: {exception.Message}");
    return Arguments.Failed;
}
