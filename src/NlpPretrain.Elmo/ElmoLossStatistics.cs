using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>What the losses of the two directions came to: sums, counts and correct predictions.</summary>
/// <param name="Forward">Of the words that follow.</param>
/// <param name="Backward">Of the words before.</param>
public readonly record struct ElmoLossStatistics(TargetStatistics Forward, TargetStatistics Backward)
{
    /// <summary>Both together.</summary>
    /// <param name="left">Some windows.</param>
    /// <param name="right">Other windows.</param>
    public static ElmoLossStatistics operator +(ElmoLossStatistics left, ElmoLossStatistics right) => new(left.Forward + right.Forward, left.Backward + right.Backward);

    /// <summary>Both together.</summary>
    /// <param name="left">Some windows.</param>
    /// <param name="right">Other windows.</param>
    public static ElmoLossStatistics Add(ElmoLossStatistics left, ElmoLossStatistics right) => left + right;
}
