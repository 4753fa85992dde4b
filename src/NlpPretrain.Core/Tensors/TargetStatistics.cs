namespace NlpPretrain.Tensors;

/// <summary>What a loss over targets came to, for reports over several passes: losses add up by their sums and counts.</summary>
/// <param name="Sum">The sum of the losses of all targets that are not ignored, in nats.</param>
/// <param name="Count">The number of targets that are not ignored.</param>
/// <param name="Correct">How many of them had the largest logit; of equal logits the first counts.</param>
public readonly record struct TargetStatistics(double Sum, int Count, int Correct)
{
    /// <summary>The mean loss in nats; 0 without targets.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>The part of the targets that were predicted; 0 without targets.</summary>
    public double Accuracy => Count == 0 ? 0 : (double)Correct / Count;

    /// <summary>Both together.</summary>
    /// <param name="left">Some targets.</param>
    /// <param name="right">Other targets.</param>
    public static TargetStatistics operator +(TargetStatistics left, TargetStatistics right) =>
        new(left.Sum + right.Sum, left.Count + right.Count, left.Correct + right.Correct);

    /// <summary>Both together.</summary>
    /// <param name="left">Some targets.</param>
    /// <param name="right">Other targets.</param>
    public static TargetStatistics Add(TargetStatistics left, TargetStatistics right) => left + right;
}
