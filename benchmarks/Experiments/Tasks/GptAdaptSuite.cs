using System.CommandLine;
using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>Goes on with the pretraining of a model on the tasks' own texts.</summary>
/// <remarks>Source: Gururangan et al. 2020, "Don't Stop Pretraining", section 4, task-adaptive pretraining.</remarks>
internal sealed class GptAdaptSuite : Suite
{
    private readonly Option<DirectoryInfo> _model;
    private readonly Option<string> _output;
    private readonly Option<int> _epochs, _batch, _seed;
    private readonly Option<double> _rate, _decay;

    public GptAdaptSuite() : base("gpt-adapt", "Goes on with a pretrained model on the texts of the tasks' training examples, without their labels, for gpt-tasks to start from")
    {
        _model = Add(OptionOf.ExistingFolder("--model", "The pretrained model", isRequired: true));
        _output = Add(OptionOf.Folder("--output", "Where to save the model", isRequired: true));
        Add(TaskOptions.Tasks);
        _epochs = Add(OptionOf.Count("--epochs", 5, "Passes over the texts"));
        _batch = Add(OptionOf.Count("--batch", 8, "Windows of a step"));
        _rate = Add(OptionOf.Number("--rate", 1e-3, "Highest learning rate"));
        _decay = Add(OptionOf.Number("--decay", 0.1, "Weight decay"));
        _seed = Add(OptionOf.Count("--seed", 1, "Seed of the order of the texts and of the run", minimum: 0));
        Add(TaskOptions.Form);
    }

    protected override async Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        string folder = options.GetValue(_model)!.FullName, output = options.GetValue(_output)!;
        GptModel model = GptModel.Load(folder);
        Tokenizer tokenizer = TokenizerFolder.Load(folder);
        TaskFiles files = TaskFiles.Of(options);
        string[] tasks = options.GetRequiredValue(TaskOptions.Tasks);
        string[] texts = [.. tasks.SelectMany(files.Unlabelled)];
        new Random(options.GetValue(_seed)).Shuffle(texts);
        Console.WriteLine($"{model.Config}");
        Console.WriteLine($"{texts.Length} texts of {string.Join(", ", tasks)}");
        TimeSpan elapsed = await PretrainingRun.ShowAsync(new GptPretrainer(tokenizer), model, new Lines(() => texts), new TrainingOptions
        {
            Seed = (ulong)options.GetValue(_seed),
            BatchSize = options.GetValue(_batch),
            Epochs = options.GetValue(_epochs),
            LearningRate = options.GetValue(_rate),
            WeightDecay = options.GetValue(_decay),
            Workers = options.Workers,
        }, cancellationToken).ConfigureAwait(false);
        model.Save(output, tokenizer);
        Console.WriteLine($"saved to {Path.GetFullPath(output)}");
        Figure.Print("gpt-adapt/seconds", elapsed.TotalSeconds, "F0", "seconds");
        return 0;
    }
}
