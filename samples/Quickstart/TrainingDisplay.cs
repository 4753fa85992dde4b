using System.Diagnostics;
using NlpPretrain.Training;
using Spectre.Console;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>Pulls a training run and shows how far it is: a bar in a terminal, a line every few seconds elsewhere.</summary>
internal static class TrainingDisplay
{
    private const int StepsOfMean = 20;

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Shows a run to its end, or until it is cancelled after at least one step: what the model has learned by then stays.</summary>
    /// <param name="run">The run.</param>
    /// <param name="unit">What it reads, words or tokens.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled before its first step.</exception>
    public static Task ShowAsync(IAsyncEnumerable<TrainingProgress> run, string unit) =>
        Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi ? WriteLinesAsync(run, unit) : DrawBarAsync(run, unit);

    private static Task DrawBarAsync(IAsyncEnumerable<TrainingProgress> run, string unit) => AnsiConsole.Progress()
        .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(context =>
        {
            ProgressTask bar = context.AddTask("[grey]reading the corpus[/]");
            return PullAsync(run, (at, loss) =>
            {
                bar.MaxValue = at.TotalSteps;
                bar.Value = at.Step;
                bar.Description = Describe(at, loss, unit);
            });
        });

    private static Task WriteLinesAsync(IAsyncEnumerable<TrainingProgress> run, string unit)
    {
        long written = 0;
        return PullAsync(run, (at, loss) =>
        {
            if (at.Step < at.TotalSteps && written != 0 && Stopwatch.GetElapsedTime(written) < LineInterval) return;

            Console.WriteLine($"{at.Step,5} of {at.TotalSteps} steps  {Describe(at, loss, unit)}");
            written = Stopwatch.GetTimestamp();
        });
    }

    private static async Task PullAsync(IAsyncEnumerable<TrainingProgress> run, Action<TrainingProgress, double> show)
    {
        int steps = 0;
        double mean = 0; // of about the last steps: small batches have losses far apart
        try
        {
            await foreach (TrainingProgress at in run)
            {
                steps++;
                mean += (at.Loss - mean) / Math.Min(steps, StepsOfMean);
                show(at, mean);
            }
        }
        catch (OperationCanceledException) when (steps > 0)
        {
            AnsiConsole.MarkupLine("[yellow]Stopped early[/]; what was learned so far is shown and saved.");
        }
    }

    private static string Describe(TrainingProgress at, double loss, string unit) => at.Step < at.TotalSteps
        ? $"loss {loss:F3}   {Speed(at):N0} {unit}/s   {at.Remaining:m\\:ss} left"
        : $"loss {loss:F3}   {Speed(at):N0} {unit}/s   {at.Elapsed:m\\:ss} in all";

    private static double Speed(TrainingProgress at) => at.Tokens / at.Elapsed.TotalSeconds;
}
