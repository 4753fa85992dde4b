using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <summary>How well a model tells masked words and next sentences of a text.</summary>
/// <param name="Masked">Of the words at masked places: sum of −log p, count and correct ones.</param>
/// <param name="NextSentence">Of whether second sentences follow the first; without targets where the model has no such head.</param>
public sealed record BertPretrainingReport(TargetStatistics Masked, TargetStatistics NextSentence)
{
    /// <summary>Mean loss of the masked words, in nats per word.</summary>
    public double MaskedLoss => Masked.Mean;

    /// <summary>The part of the masked words that had the highest probability, 0 to 1.</summary>
    public double MaskedAccuracy => Masked.Accuracy;

    /// <summary>Mean loss of the next sentences, in nats per sequence; ln 2 is guessing.</summary>
    public double NextSentenceLoss => NextSentence.Mean;

    /// <summary>The part of the sequences whose second sentence was rightly told to be the next or a random one, 0 to 1.</summary>
    public double NextSentenceAccuracy => NextSentence.Accuracy;
}
