using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>Goes on with the pretraining of a model on the tasks' own texts.</summary>
/// <remarks>Source: Gururangan et al. 2020, "Don't Stop Pretraining", section 4, task-adaptive pretraining.</remarks>
internal static class GptAdaptSuite
{
    public static async Task RunAsync(CommandLine options)
    {
        string folder = options.Text("model") ?? throw new ArgumentException("Name the folder of the pretrained model: --model FOLDER.");
        string output = options.Text("output") ?? throw new ArgumentException("Name the folder to save the model to: --output FOLDER.");
        GptModel model = GptModel.Load(folder);
        Tokenizer tokenizer = TokenizerFolder.Load(folder);
        TaskFiles files = TaskFiles.Of(options);
        string[] tasks = options.Text("tasks")?.Split(',') ?? GptTasksSuite.AllTasks;
        string[] texts = [.. tasks.SelectMany(files.Unlabelled)];
        new Random(options.Count("seed", 1)).Shuffle(texts);
        Console.WriteLine($"{model.Config}");
        Console.WriteLine($"{texts.Length} texts of {string.Join(", ", tasks)}");
        TimeSpan elapsed = await PretrainingRun.ShowAsync(new GptPretrainer(tokenizer), model, new Lines(() => texts), new TrainingOptions
        {
            Seed = (ulong)options.Count("seed", 1),
            BatchSize = options.Count("batch", 8),
            Epochs = options.Count("epochs", 5),
            LearningRate = options.Number("rate") ?? 1e-3,
            WeightDecay = options.Number("decay") ?? 0.1,
            Workers = options.Workers,
        }).ConfigureAwait(false);
        model.Save(output, tokenizer);
        Console.WriteLine($"saved to {Path.GetFullPath(output)}");
        Figure.Print("gpt-adapt/seconds", elapsed.TotalSeconds, "F0", "seconds");
    }
}
