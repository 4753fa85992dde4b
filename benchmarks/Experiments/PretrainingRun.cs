using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>Trains, and prints about a hundred lines meanwhile.</summary>
internal static class PretrainingRun
{
    private const int CalibrationSteps = 12, WarmUpSteps = 4;

    /// <summary>How many steps fit into some minutes, by the median of a few of a model that is thrown away.</summary>
    public static async Task<int> StepsOfAsync<TConfig, TModel>(
        IPretrainer<TConfig, TModel> pretrainer, TConfig config, ICorpus training, TrainingOptions run, double minutes, CancellationToken cancellationToken) where TModel : class
    {
        List<double> seconds = [];
        TModel model = pretrainer.CreateModel(config, seed: 1);
        long start = Stopwatch.GetTimestamp();
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, training, run with { Steps = WarmUpSteps + CalibrationSteps }, cancellationToken).ConfigureAwait(false))
        {
            if (at.Step > WarmUpSteps) seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
        }

        seconds.Sort();
        return Math.Max(1, (int)(60 * minutes / seconds[seconds.Count / 2]));
    }

    public static async Task<TimeSpan> ShowAsync<TConfig, TModel>(
        IPretrainer<TConfig, TModel> pretrainer, TModel model, ICorpus training, TrainingOptions run, CancellationToken cancellationToken) where TModel : class
    {
        long lastPrinted = 0;
        double sum = 0;
        TimeSpan elapsed = default;
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, training, run, cancellationToken).ConfigureAwait(false))
        {
            (sum, elapsed) = (sum + at.Loss, at.Elapsed);
            if (at.Step % Math.Max(1, at.TotalSteps / 100) != 0 && at.EvaluationLoss is null) continue;

            string evaluation = at.EvaluationLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $"  validation {loss:F4} nats, perplexity {Math.Exp(loss):F2} a token") : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{at.Elapsed.TotalSeconds,7:F0} s  step {at.Step,6}  loss {sum / (at.Step - lastPrinted):F4}  rate {at.LearningRate:E2}  {at.Tokens / at.Elapsed.TotalSeconds:F0} tokens/s{evaluation}"));
            (sum, lastPrinted) = (0, at.Step);
        }

        return elapsed;
    }
}
