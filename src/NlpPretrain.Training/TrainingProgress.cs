namespace NlpPretrain.Training;

/// <summary>What a training run reports after each optimizer step.</summary>
/// <remarks>Reports that pass through <see cref="Progress{T}"/> may arrive out of order; each carries its own <paramref name="Step"/>.</remarks>
/// <param name="Step">Steps done since the start of the run, counted from 1; a resumed run goes on counting.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="Loss">Mean loss of this step, in nats per target.</param>
/// <param name="LearningRate">The learning rate that the step ended with.</param>
/// <param name="Tokens">Tokens of the corpus read since the start of the run.</param>
/// <param name="Elapsed">Time spent in steps since this process began or resumed the run.</param>
/// <param name="Remaining">Estimated time left, from the mean speed so far.</param>
public readonly record struct TrainingProgress(
    long Step, long TotalSteps, double Loss, double LearningRate, long Tokens, TimeSpan Elapsed, TimeSpan Remaining)
{
    /// <summary>Mean loss over <see cref="TrainingOptions.Evaluation"/>, in nats per target, where this step evaluated; else null.</summary>
    public double? EvaluationLoss { get; init; }
}
