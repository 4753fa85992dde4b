using System.Globalization;
using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>Trains, and prints about a hundred lines meanwhile.</summary>
internal static class PretrainingRun
{
    public static async Task<TimeSpan> ShowAsync(GptPretrainer pretrainer, GptModel model, ICorpus training, TrainingOptions run, CancellationToken cancellationToken)
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
