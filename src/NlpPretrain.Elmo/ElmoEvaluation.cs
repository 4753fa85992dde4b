using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>How well both directions of a model predict a text. A word is a token, and so is each end of a sentence; words outside the vocabulary count as &lt;UNK>.</summary>
/// <param name="Forward">Each word from those before it.</param>
/// <param name="Backward">Each word from those behind it.</param>
public sealed record ElmoEvaluation(LanguageModelReport Forward, LanguageModelReport Backward)
{
    /// <summary>Mean loss of both directions, in nats per word.</summary>
    public double NatsPerWord => (Forward.Nats + Backward.Nats) / (Forward.Words + Backward.Words);

    /// <summary>exp(nats per word), the average perplexity that bilm-tf reports.</summary>
    public double PerplexityPerWord => Math.Exp(NatsPerWord);
}
