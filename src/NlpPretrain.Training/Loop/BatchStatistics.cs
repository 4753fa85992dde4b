namespace NlpPretrain.Training;

/// <summary>What a batch came to: batches add up, so that a step of several reports the mean over all its targets.</summary>
/// <param name="Loss">The sum of the losses of all targets, in nats.</param>
/// <param name="Targets">How many targets the batch has: predicted tokens in pretraining, examples in fine-tuning. At least 0.</param>
/// <param name="Tokens">How many tokens the batch read.</param>
public readonly record struct BatchStatistics(double Loss, long Targets, long Tokens)
{
    /// <summary>The mean loss in nats per target; 0 without targets.</summary>
    public double Mean => Targets == 0 ? 0 : Loss / Targets;

    /// <summary>Both together.</summary>
    /// <param name="left">A batch.</param>
    /// <param name="right">Another.</param>
    public static BatchStatistics operator +(BatchStatistics left, BatchStatistics right) =>
        new(left.Loss + right.Loss, left.Targets + right.Targets, left.Tokens + right.Tokens);

    /// <summary>Both together.</summary>
    /// <param name="left">A batch.</param>
    /// <param name="right">Another.</param>
    public static BatchStatistics Add(BatchStatistics left, BatchStatistics right) => left + right;
}
