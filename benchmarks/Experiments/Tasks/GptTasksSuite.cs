using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>Whether pretraining helps: each task from a pretrained model and from random weights of the same config, over several seeds.</summary>
/// <remarks>
/// Runs are independent, so as many go on at once as there are processors, each on one thread: no thread waits for another. No result depends on that.
/// </remarks>
internal static class GptTasksSuite
{
    public static readonly string[] AllTasks = ["sst2", "rte", "mrpc", "stsb", "copa"];

    private const string Pretrained = "pretrained", Random = "random";

    private sealed record Job(TaskRun Task, ulong Seed, string Start);

    private sealed record Outcome(Job Job, TaskMetric[] Metrics);

    public static async Task RunAsync(CommandLine options)
    {
        string folder = options.Text("model") ?? throw new ArgumentException("Name the folder of the pretrained model: --model FOLDER.");
        GptModel model = GptModel.Load(folder);
        Tokenizer tokenizer = TokenizerFolder.Load(folder);
        GptTuningOptions tuning = new()
        {
            LanguageModelWeight = options.Number("lambda") ?? new GptTuningOptions().LanguageModelWeight,
            ClassifierDropout = (float)(options.Number("dropout") ?? new GptTuningOptions().ClassifierDropout),
            MaxLength = options.Number("max-length") is { } length ? (int)length : null,
        };
        TaskFiles files = TaskFiles.Of(options);
        string[] starts = options.Text("starts")?.Split(',') ?? [Pretrained, Random];
        TaskRun[] tasks = [.. (options.Text("tasks")?.Split(',') ?? AllTasks).Select(name => TaskRuns.Create(name, files, tokenizer, tuning, options.Text("mrpc-orders") != "one", options.Text("report") == "held-out"))];
        Console.WriteLine($"{model.Config}");
        foreach (TaskRun task in tasks) Console.WriteLine($"{task.Name}: {task.Description}");

        // The tasks with the most work come first, so that no processor is left over at the end.
        Job[] jobs = [.. from task in tasks from seed in Enumerable.Range(1, options.Count("seeds", 3)) from start in starts select new Job(task, (ulong)seed, start)];
        ConcurrentBag<Outcome> outcomes = [];
        Stopwatch time = Stopwatch.StartNew();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Count("jobs", options.Workers) };
        await Parallel.ForEachAsync(jobs, parallel, async (job, _) =>
        {
            outcomes.Add(new Outcome(job, await RunAsync(job, model, options, time).ConfigureAwait(false)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed.TotalSeconds,6:F0} s  {outcomes.Count} of {jobs.Length} runs done"));
        }).ConfigureAwait(false);

        Report(tasks, starts, [.. outcomes]);
        Figure.Print("gpt-tasks/seconds", time.Elapsed.TotalSeconds, "F0", "seconds");
    }

    public static ArgumentException Unknown(string task) => new($"There is no task '{task}'; there are {string.Join(", ", AllTasks)} (--tasks).");

    private static async Task<TaskMetric[]> RunAsync(Job job, GptModel model, CommandLine options, Stopwatch time)
    {
        GptModel start = job.Start == Random ? new GptModel(model.Config, 1_000 + job.Seed) : model;
        TrainingOptions run = new()
        {
            Seed = job.Seed,
            Workers = Math.Max(1, options.Workers / options.Count("jobs", options.Workers)),
            BatchSize = options.Count("batch", 32),
            Epochs = options.Number($"epochs-{job.Task.Name}") is { } epochs ? (int)epochs : options.Count("epochs", 3),
            LearningRate = (job.Start == Random ? options.Number($"random-rate-{job.Task.Name}") ?? options.Number("random-rate") : null)
                ?? options.Number($"rate-{job.Task.Name}") ?? options.Number("rate"),
        };
        double sum = 0;
        long since = 0;
        TaskMetric[] metrics = await job.Task.RunAsync(start, run, at =>
        {
            (sum, since) = (sum + at.Loss, since + 1);
            if (at.Step % Math.Max(1, at.TotalSteps / 5) != 0) return;

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{time.Elapsed.TotalSeconds,6:F0} s  {Name(job),-24} step {at.Step,5} of {at.TotalSteps}  loss {sum / since:F4}  {at.Tokens / at.Elapsed.TotalSeconds:F0} tokens/s, {at.Remaining.TotalSeconds:F0} s left"));
            (sum, since) = (0, 0);
        }).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{time.Elapsed.TotalSeconds,6:F0} s  {Name(job),-24} {string.Join("  ", metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Name} {metric.Value:F2}")))}"));
        return metrics;
    }

    private static void Report(TaskRun[] tasks, string[] starts, Outcome[] outcomes)
    {
        Console.WriteLine();
        Console.WriteLine($"{"task",-16}{string.Concat(starts.Select(start => $"{start,20}"))}{(starts.Length == 2 ? $"{"difference",14}" : "")}     mean ± standard deviation over the seeds, percent");
        foreach (TaskRun task in tasks)
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
        foreach (TaskRun task in tasks)
        {
            Outcome[] ofTask = [.. outcomes.Where(outcome => outcome.Job.Task == task)];
            string[] metrics = [.. ofTask[0].Metrics.Select(one => one.Name)];
            foreach (string metric in metrics)
            {
                string name = $"gpt-tasks/{task.Name}{(metrics.Length > 1 ? "-" + metric.ToLowerInvariant() : "")}";
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

    private static string Name(Job job) => string.Create(CultureInfo.InvariantCulture, $"{job.Task.Name} {job.Start} seed {job.Seed}");
}
