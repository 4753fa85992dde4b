using System.Diagnostics;
using NlpPretrain.Training;
using Spectre.Console;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>Pulls a training run and shows how far it is: a bar in a terminal, a line every few seconds elsewhere.</summary>
internal static class TrainingDisplay
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(3);

    /// <returns>True when the run came to its end, false when it was cancelled after at least one step.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled before its first step.</exception>
    public static Task<bool> ShowAsync(IAsyncEnumerable<TrainingProgress> run) =>
        Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi ? WriteLinesAsync(run) : DrawBarAsync(run);

    private static Task<bool> DrawBarAsync(IAsyncEnumerable<TrainingProgress> run) => AnsiConsole.Progress()
        .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(context =>
        {
            ProgressTask bar = context.AddTask("[grey]reading the corpus[/]");
            return PullAsync(run, at =>
            {
                bar.MaxValue = at.TotalSteps;
                bar.Value = at.Step;
                bar.Description = Describe(at);
            });
        });

    private static Task<bool> WriteLinesAsync(IAsyncEnumerable<TrainingProgress> run)
    {
        long written = 0;
        return PullAsync(run, at =>
        {
            if (at.Step < at.TotalSteps && written != 0 && Stopwatch.GetElapsedTime(written) < LineInterval) return;

            Console.WriteLine($"{at.Step,5} of {at.TotalSteps} steps  {Describe(at)}");
            written = Stopwatch.GetTimestamp();
        });
    }

    private static async Task<bool> PullAsync(IAsyncEnumerable<TrainingProgress> run, Action<TrainingProgress> show)
    {
        bool begun = false;
        try
        {
            await foreach (TrainingProgress at in run)
            {
                begun = true;
                show(at);
            }

            return true;
        }
        catch (OperationCanceledException) when (begun)
        {
            return false;
        }
    }

    private static string Describe(TrainingProgress at) => at.Step < at.TotalSteps
        ? $"loss {at.Loss:F3}   {Speed(at):N0} words/s   {at.Remaining:m\\:ss} left"
        : $"loss {at.Loss:F3}   {Speed(at):N0} words/s   {at.Elapsed:m\\:ss} in all";

    private static double Speed(TrainingProgress at) => at.Tokens / at.Elapsed.TotalSeconds;
}
