using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <summary>What the two losses of pretraining came to: sums, counts and correct predictions.</summary>
/// <param name="Masked">Of the words at masked places.</param>
/// <param name="NextSentence">Of whether the second sentence follows the first; without a target where the model has no such head.</param>
public readonly record struct BertLossStatistics(TargetStatistics Masked, TargetStatistics NextSentence)
{
    /// <summary>Both together.</summary>
    /// <param name="left">Some sequences.</param>
    /// <param name="right">Other sequences.</param>
    public static BertLossStatistics operator +(BertLossStatistics left, BertLossStatistics right) => new(left.Masked + right.Masked, left.NextSentence + right.NextSentence);

    /// <summary>Both together.</summary>
    /// <param name="left">Some sequences.</param>
    /// <param name="right">Other sequences.</param>
    public static BertLossStatistics Add(BertLossStatistics left, BertLossStatistics right) => left + right;
}
