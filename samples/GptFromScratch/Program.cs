using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;
using Spectre.Console;

const string Usage = """
    Trains a small GPT on the .NET SDK's own documentation for about a minute, and lets it complete a sentence.

    Usage: dotnet run -c Release --project samples/GptFromScratch -- [--quick] [--help] [how the sentence begins]

    Writes the model to artifacts/gpt. Ctrl-C stops. Exit codes: 0 done; 1 a file could not be read or written, or stopped; 2 wrong options.
    """;

bool isQuick = args.Contains("--quick");
string prompt = string.Join(' ', args.Where(argument => argument != "--quick"));
if (prompt.StartsWith('-'))
{
    (prompt is "--help" or "-h" ? Console.Out : Console.Error).WriteLine(Usage);
    return prompt is "--help" or "-h" ? 0 : 2;
}

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, pressed) => (pressed.Cancel, _) = (true, stop.CancelAsync());
try
{
    // 1. Text that every SDK brings along, and a vocabulary of byte-level pieces made from it.
    ICorpus corpus = isQuick ? new InMemoryCorpus(new SdkDocumentationCorpus().Read().Take(3_000).Select(passage => passage.Text)) : new SdkDocumentationCorpus();
    Tokenizer tokenizer = Gpt2Tokenizer.Create(BytePairTrainer.Train(corpus, new() { VocabularySize = isQuick ? 1_000 : 4_000 }, cancellationToken: stop.Token));

    // 2. A decoder of four blocks, trained to predict the next piece.
    GptPretrainer pretrainer = new(tokenizer);
    GptConfig config = new() { Architecture = GptArchitecture.Gpt2, Layers = 4, Heads = 4, Width = 128, ContextLength = 64, EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0 };
    GptModel model = pretrainer.CreateModel(config, seed: 1);
    TrainingOptions options = new() { Steps = isQuick ? 20 : 1_000, BatchSize = 16, LearningRate = 2e-3 };
    await AnsiConsole.Progress().StartAsync(async context =>
    {
        ProgressTask bar = context.AddTask("reading the corpus", maxValue: options.Steps.Value);
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, corpus, options, stop.Token))
        {
            bar.Value = at.Step;
            bar.Description = $"loss {at.Loss:F3}  {at.Tokens / at.Elapsed.TotalSeconds:N0} tokens/s";
        }
    });

    // 3. The model goes on with what it is given, one piece at a time.
    GptGenerator generator = new(model, tokenizer);
    if (prompt.Length == 0) prompt = "Returns a value that indicates whether";
    Console.Write(prompt);
    await foreach (string text in generator.StreamAsync(prompt, new() { MaxNewTokens = 24, Temperature = 0.7, TopK = 40, StopStrings = ["\n"] }, stop.Token)) Console.Write(text);
    Console.WriteLine();

    model.Save(Path.Combine("artifacts", "gpt"), tokenizer);
    return 0;
}
catch (Exception exception) when (exception is CorpusException or IOException or UnauthorizedAccessException or OperationCanceledException)
{
    Console.Error.WriteLine($"Error: {exception.Message}");
    return 1;
}
