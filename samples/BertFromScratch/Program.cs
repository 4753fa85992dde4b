using NlpPretrain.Bert;
using NlpPretrain.Text;
using NlpPretrain.Training;
using Spectre.Console;

const string Usage = """
    Trains a small BERT on the .NET SDK's own documentation for about two minutes, and lets it fill a mask.

    Usage: dotnet run -c Release --project samples/BertFromScratch -- [--quick] [--help] [a sentence with a [MASK]]

    Writes the model to artifacts/bert. Ctrl-C stops. Exit codes: 0 done; 1 a file could not be read or written, or stopped; 2 wrong options.
    """;

bool isQuick = args.Contains("--quick");
string sentence = string.Join(' ', args.Where(argument => argument != "--quick"));
if (sentence.Length == 0) sentence = "Returns a value that indicates [MASK] this instance is equal to a specified object.";
if (sentence.StartsWith('-') || !sentence.Contains("[MASK]", StringComparison.Ordinal))
{
    (sentence is "--help" or "-h" ? Console.Out : Console.Error).WriteLine(Usage);
    return sentence is "--help" or "-h" ? 0 : 2;
}

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, pressed) => (pressed.Cancel, _) = (true, stop.CancelAsync());
try
{
    // 1. Text that every SDK brings along, a document a library, and a vocabulary of word pieces made from it.
    ICorpus corpus = new SdkDocumentationCorpus();
    if (isQuick) corpus = new InMemoryCorpus(corpus.Read().Take(3_000).Select(passage => passage.Text).Chunk(100).Select(document => string.Join('\n', document)));
    Tokenizer tokenizer = BertTokenizer.Create(WordPieceTrainer.Train(corpus, new() { VocabularySize = isQuick ? 1_000 : 4_000 }, cancellationToken: stop.Token));

    // 2. An encoder of two blocks, trained to tell masked words, and whether two segments follow each other.
    BertPretrainer pretrainer = new(tokenizer) { Data = new() { SequenceLength = 64, DuplicateFactor = 1, WholeWords = true } };
    BertPretrainingModel model = pretrainer.CreateModel(BertConfig.Tiny with { ContextLength = 64, Dropout = 0, AttentionDropout = 0, InitialDeviation = 0.05 }, seed: 1);
    TrainingOptions options = new() { Steps = isQuick ? 20 : 3_000, BatchSize = 32, LearningRate = 1e-3 };
    await AnsiConsole.Progress().StartAsync(async context =>
    {
        ProgressTask bar = context.AddTask("reading the corpus", maxValue: options.Steps.Value);
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, corpus, options, stop.Token))
        {
            bar.Value = at.Step;
            bar.Description = $"loss {at.Loss:F3}  {at.Tokens / at.Elapsed.TotalSeconds:N0} tokens/s";
        }
    });

    // 3. The model tells what stands at the mask, from both sides.
    Console.WriteLine(sentence);
    foreach (MaskCandidate candidate in new BertFillMask(model, tokenizer).Fill(sentence)[0]) Console.WriteLine($"  {candidate.Probability,6:P1}  {candidate.Piece}");

    model.Save(Path.Combine("artifacts", "bert"), tokenizer);
    return 0;
}
catch (Exception exception) when (exception is CorpusException or IOException or UnauthorizedAccessException or OperationCanceledException)
{
    Console.Error.WriteLine($"Error: {exception.Message}");
    return 1;
}
