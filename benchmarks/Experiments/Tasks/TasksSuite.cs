using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>Whether pretraining helps: each task from a pretrained model and from random weights of the same config, over several seeds.</summary>
/// <remarks>
/// Runs are independent, so as many go on at once as there are processors, each on one thread: no thread waits for another. No result depends on that.
/// </remarks>
/// <typeparam name="TModel">The pretrained model.</typeparam>
internal abstract class TasksSuite<TModel> : Suite where TModel : class
{
    private const string Pretrained = "pretrained", Random = "random";

    private sealed record Job(TaskRun<TModel> Task, ulong Seed, string Start);

    private sealed record Outcome(Job Job, TaskMetric[] Metrics);

    private readonly Option<DirectoryInfo> _model;
    private readonly Option<int> _seeds, _epochs, _batch;
    private readonly Option<int?> _maxLength, _jobs;
    private readonly Option<double> _dropout;
    private readonly Option<double?> _rate, _randomRate;
    private readonly Option<string[]> _starts, _tasks;
    private readonly TaskOptions<int?> _epochsOf;
    private readonly TaskOptions<double?> _rateOf, _randomRateOf;

    protected TasksSuite(string name, string description, Option<string[]> tasks, string[] allTasks, int epochs = 3) : base(name, description)
    {
        _model = Add(OptionOf.ExistingFolder("--model", "The pretrained model", isRequired: true));
        _tasks = Add(tasks);
        _starts = Add(OptionOf.Words("--starts", "What to start from", Pretrained, Random));
        _seeds = Add(OptionOf.Count("--seeds", 3, "How many runs of each, with the seeds 1, 2 and so on"));
        _epochs = Add(OptionOf.Count("--epochs", epochs, "Passes over the examples; --epochs-TASK for one task"));
        _rate = Add(OptionOf.NumberOrNone("--rate", "Highest learning rate, --rate-TASK for one task; the family's where it is absent"));
        _randomRate = Add(OptionOf.NumberOrNone("--random-rate", "The same of random weights, --random-rate-TASK for one task; --rate where it is absent"));
        _batch = Add(OptionOf.Count("--batch", 32, "Examples of a step"));
        _dropout = Add(OptionOf.Number("--dropout", 0.1, "Dropout before the classifier", maximum: 1));
        _maxLength = Add(OptionOf.CountOrNone("--max-length", "Tokens of an example; the context where it is absent"));
        Add(TaskOptions.Form);
        Add(TaskOptions.Report);
        _jobs = Add(OptionOf.CountOrNone("--jobs", "Runs at once; one a worker where it is absent"));
        _epochsOf = new(this, _epochs.Name, allTasks, name => OptionOf.CountOrNone(name, "For one task"));
        _rateOf = new(this, _rate.Name, allTasks, name => OptionOf.NumberOrNone(name, "For one task"));
        _randomRateOf = new(this, _randomRate.Name, allTasks, name => OptionOf.NumberOrNone(name, "For one task"));
    }

    /// <summary>Reads the pretrained model, and writes what it is.</summary>
    protected abstract TModel Load(string folder);

    /// <summary>A model of the same config with random weights.</summary>
    protected abstract TModel CreateRandom(TModel like, ulong seed);

    /// <param name="name">One of the tasks.</param>
    /// <param name="files">Its examples.</param>
    /// <param name="folder">The model's, which has its tokenizer or vocabulary.</param>
    /// <param name="options">The options of the family.</param>
    /// <param name="dropout">Dropout before the classifier.</param>
    /// <param name="maxLength">Tokens of an example.</param>
    protected abstract TaskRun<TModel> Create(string name, TaskFiles files, string folder, ParseResult options, float dropout, int? maxLength);

    protected override async Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        string folder = options.GetValue(_model)!.FullName;
        TModel model = Load(folder);
        TaskFiles files = TaskFiles.Of(options);
        string[] starts = options.GetRequiredValue(_starts);
        TaskRun<TModel>[] tasks = [.. options.GetRequiredValue(_tasks).Select(name => Create(name, files, folder, options, (float)options.GetValue(_dropout), options.GetValue(_maxLength)))];
        foreach (TaskRun<TModel> task in tasks) Console.WriteLine($"{task.Name}: {task.Description}");

        // The tasks with the most work come first, so that no processor is left over at the end.
        Job[] jobs = [.. from task in tasks from seed in Enumerable.Range(1, options.GetValue(_seeds)) from start in starts select new Job(task, (ulong)seed, start)];
        ConcurrentBag<Outcome> outcomes = [];
        Stopwatch time = Stopwatch.StartNew();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.GetValue(_jobs) ?? options.Workers, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(jobs, parallel, async (job, cancelled) =>
        {
            outcomes.Add(new Outcome(job, await RunAsync(job, model, options, time, cancelled).ConfigureAwait(false)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed.TotalSeconds,6:F0} s  {outcomes.Count} of {jobs.Length} runs done"));
        }).ConfigureAwait(false);

        Report(tasks, starts, [.. outcomes]);
        Figure.Print($"{Name}/seconds", time.Elapsed.TotalSeconds, "F0", "seconds");
        return 0;
    }

    private async Task<TaskMetric[]> RunAsync(Job job, TModel model, ParseResult options, Stopwatch time, CancellationToken cancellationToken)
    {
        TModel start = job.Start == Random ? CreateRandom(model, 1_000 + job.Seed) : model;
        TrainingOptions run = new()
        {
            Seed = job.Seed,
            Workers = Math.Max(1, options.Workers / (options.GetValue(_jobs) ?? options.Workers)),
            BatchSize = options.GetValue(_batch),
            Epochs = _epochsOf.Of(options, job.Task.Name) ?? options.GetValue(_epochs),
            LearningRate = (job.Start == Random ? _randomRateOf.Of(options, job.Task.Name) ?? options.GetValue(_randomRate) : null)
                ?? _rateOf.Of(options, job.Task.Name) ?? options.GetValue(_rate),
        };
        double sum = 0;
        long since = 0;
        TaskMetric[] metrics = await job.Task.RunAsync(start, run, at =>
        {
            (sum, since) = (sum + at.Loss, since + 1);
            if (at.Step % Math.Max(1, at.TotalSteps / 5) != 0) return;

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{time.Elapsed.TotalSeconds,6:F0} s  {Title(job),-24} step {at.Step,5} of {at.TotalSteps}  loss {sum / since:F4}  {at.Tokens / at.Elapsed.TotalSeconds:F0} tokens/s, {at.Remaining.TotalSeconds:F0} s left"));
            (sum, since) = (0, 0);
        }, cancellationToken).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{time.Elapsed.TotalSeconds,6:F0} s  {Title(job),-24} {string.Join("  ", metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Name} {metric.Value:F2}")))}"));
        return metrics;
    }

    private void Report(TaskRun<TModel>[] tasks, string[] starts, Outcome[] outcomes)
    {
        Console.WriteLine();
        Console.WriteLine($"{"task",-16}{string.Concat(starts.Select(start => $"{start,20}"))}{(starts.Length == 2 ? $"{"difference",14}" : "")}     mean ± standard deviation over the seeds, percent");
        foreach (TaskRun<TModel> task in tasks)
        {
            Outcome[] ofTask = [.. outcomes.Where(outcome => outcome.Job.Task == task)];
            foreach (string metric in ofTask[0].Metrics.Select(one => one.Name))
            {
                (double Mean, double Spread)[] cells = [.. starts.Select(start => Statistics([.. ofTask.Where(one => one.Job.Start == start).Select(one => one.Metrics.First(m => m.Name == metric).Value)]))];
                string difference = cells.Length == 2 ? string.Create(CultureInfo.InvariantCulture, $"{cells[0].Mean - cells[1].Mean,14:+0.00;-0.00}") : "";
                Console.WriteLine($"{task.Name + " " + metric,-16}{string.Concat(cells.Select(cell => string.Create(CultureInfo.InvariantCulture, $"{cell.Mean,12:F2} ± {cell.Spread,5:F2}")))}{difference}");
            }
        }

        Console.WriteLine();
        foreach (TaskRun<TModel> task in tasks)
        {
            Outcome[] ofTask = [.. outcomes.Where(outcome => outcome.Job.Task == task)];
            string[] metrics = [.. ofTask[0].Metrics.Select(one => one.Name)];
            foreach (string metric in metrics)
            {
                string name = $"{Name}/{task.Name}{(metrics.Length > 1 ? "-" + metric.ToLowerInvariant() : "")}";
                double[] means = [.. starts.Select(start => Statistics([.. ofTask.Where(one => one.Job.Start == start).Select(one => one.Metrics.First(m => m.Name == metric).Value)]).Mean)];
                for (int i = 0; i < starts.Length; i++) Figure.Print($"{name}-{starts[i]}", means[i], "F2", $"percent-{metric.ToLowerInvariant()}");
                if (means.Length == 2) Figure.Print($"{name}-difference", means[0] - means[1], "F2", "points");
            }
        }
    }

    private static (double Mean, double Spread) Statistics(double[] values)
    {
        double mean = values.Average();
        return (mean, values.Length < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)));
    }

    private static string Title(Job job) => string.Create(CultureInfo.InvariantCulture, $"{job.Task.Name} {job.Start} seed {job.Seed}");
}
