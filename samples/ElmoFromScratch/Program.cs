using System.Numerics.Tensors;
using NlpPretrain.Elmo;
using NlpPretrain.Text;
using NlpPretrain.Training;
using Spectre.Console;

const string Usage = """
    Trains a small ELMo on the .NET SDK's own documentation for about two minutes, and shows what is near to the word "key" in two contexts.
    Usage: dotnet run -c Release --project samples/ElmoFromScratch -- [--quick] [--help]
    Writes the model to artifacts/elmo. Ctrl-C stops. Exit codes: 0 done; 1 a file could not be read or written, or stopped; 2 wrong options.
    """;

bool isQuick = args is ["--quick"], wantsHelp = args is ["--help"];
if (args.Length > 0 && !isQuick)
{
    (wantsHelp ? Console.Out : Console.Error).WriteLine(Usage);
    return wantsHelp ? 0 : 2;
}

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, pressed) => (pressed.Cancel, _) = (true, stop.CancelAsync());
try
{
    // 1. Text that every SDK brings along, and a vocabulary of its words.
    InMemoryCorpus corpus = new(new SdkDocumentationCorpus().Read().Take(isQuick ? 3_000 : int.MaxValue).Select(passage => passage.Text));
    WordTokenizer tokenizer = new();
    ElmoVocabulary vocabulary = ElmoVocabulary.Create(WordVocabulary.Build(corpus, tokenizer, new() { MaxSize = 8_000 }, cancellationToken: stop.Token));

    // 2. Two language models, one a direction, trained to tell the next word and the one before.
    ElmoPretrainer pretrainer = new(vocabulary, tokenizer);
    ElmoLanguageModel model = pretrainer.CreateModel(ElmoConfig.Tiny, seed: 1);
    TrainingOptions options = new() { Steps = isQuick ? 20 : 1_500, LearningRate = 3e-3 };
    await AnsiConsole.Progress().StartAsync(async context =>
    {
        ProgressTask bar = context.AddTask("reading the corpus", maxValue: options.Steps.Value);
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, corpus, options, stop.Token))
            (bar.Value, bar.Description) = (at.Step, $"loss {at.Loss:F3}  {at.Tokens / at.Elapsed.TotalSeconds:N0} words/s");
    });

    // 3. The vector of a word knows its sentence: its neighbours are the same word where it means the same.
    ElmoEmbedder embedder = new(model.Model, vocabulary);
    IEnumerable<string[]> sentences = corpus.Read().Select(passage => passage.Text.ToLowerInvariant().Trim('.').Split(' ')).Where(words => words.Length is > 4 and < 20 && words.Contains("key"));
    IReadOnlyList<ElmoVectors> others = embedder.EmbedBatch([.. sentences.DistinctBy(words => string.Join(' ', words)).Take(2_000)], stop.Token);
    foreach (string context in (string[])["removes the value with the specified key from the dictionary", "exports the private key of the certificate in an encrypted format"])
    {
        float[] key = VectorOf(embedder.Embed(context.Split(' ')));
        Console.WriteLine(context);
        foreach (ElmoVectors near in others.OrderByDescending(other => TensorPrimitives.CosineSimilarity(key, VectorOf(other))).Take(4)) Console.WriteLine($"    {string.Join(' ', near.Words)}");
    }
    model.Save(Path.Combine("artifacts", "elmo"), vocabulary);
    return 0;
}
catch (Exception exception) when (exception is CorpusException or IOException or UnauthorizedAccessException or OperationCanceledException)
{
    Console.Error.WriteLine($"Error: {exception.Message}");
    return 1;
}

static float[] VectorOf(ElmoVectors sentence) => sentence[sentence.Layers - 1, sentence.Words.TakeWhile(word => word != "key").Count()].ToArray();
