using System.Diagnostics;
using NlpPretrain.Samples.Quickstart;
using Spectre.Console;

// Ctrl-C asks the training to stop after the step that is running; a second one ends the program at once.
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};

if (!Settings.TryRead(args, stop.Token, out Settings? settings, out int exitCode)) return exitCode;

Stopwatch time = Stopwatch.StartNew();
try
{
    foreach (string model in (string[])["word2vec", "elmo", "gpt", "bert"]) Directory.CreateDirectory(settings.FolderOf(model));

    AnsiConsole.MarkupLine("[grey]Reading the documentation of the .NET SDK[/]");
    Documentation documentation = Documentation.Read(settings);
    NamespaceTask task = documentation.Task;
    Console.WriteLine($"{documentation.Files} files, {documentation.Passages:N0} different paragraphs");

    // One corpus through four generations. Each part makes a vocabulary, pretrains a model, shows what it learned, and saves it.
    Contestant[] contestants =
    [
        await RunAsync("Word2Vec", "one vector for each word", Word2VecPart.RunAsync),
        await RunAsync("ELMo", "a vector for each word in its sentence", ElmoPart.RunAsync),
        await RunAsync("GPT", "the text goes on", GptPart.RunAsync),
        await RunAsync("BERT", "from both sides", BertPart.RunAsync),
    ];

    // And what that is worth where labelled examples are few.
    Title("Fine-tuning", $"which of {NamespaceTask.Classes} namespaces a sentence is from: {task.Training.Length} sentences to learn from, accuracy on {task.Test.Length:N0} others");
    await Comparison.RunAsync(contestants, task, settings);

    // Not by Spectre.Console, which would cut or wrap a long path.
    Console.WriteLine($"The models are in {settings.Output}");
    Console.WriteLine($"{time.Elapsed:m\\:ss} in all");
    return 0;

    Task<Contestant> RunAsync(string name, string what, Func<Documentation, Settings, Task<Contestant>> part)
    {
        Title(name, what);
        return part(documentation, settings);
    }
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync($"Stopped. What was trained until then is in {settings.Output}");
    return Settings.Cancelled;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"Error: {exception.Message}");
    return Settings.Failed;
}

static void Title(string name, string what)
{
    Console.WriteLine();
    AnsiConsole.MarkupLineInterpolated($"[bold]{name}[/]  [grey]{what}[/]");
}
