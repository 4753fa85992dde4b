namespace NlpPretrain.Training;

/// <summary>How well a language model predicts a text.</summary>
/// <param name="Nats">The sum of −log p over the predicted tokens.</param>
/// <param name="Tokens">How many tokens were predicted.</param>
/// <param name="Words">How many words they are, line ends among them: see <see cref="Text.TokenFile.WordCount"/>.</param>
public sealed record LanguageModelReport(double Nats, long Tokens, long Words)
{
    /// <summary>Mean loss in nats per token.</summary>
    public double NatsPerToken => Nats / Tokens;

    /// <summary>exp(nats per token). It compares models of one tokenizer only.</summary>
    public double PerplexityPerToken => Math.Exp(NatsPerToken);

    /// <summary>exp(nats per word): it compares models of different tokenizers on one text.</summary>
    public double PerplexityPerWord => Math.Exp(Nats / Words);
}
