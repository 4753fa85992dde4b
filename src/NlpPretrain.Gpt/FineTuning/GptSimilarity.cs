using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Fine-tunes a pretrained GPT to grade how similar two texts are: [start; a; delimiter; b; extract] in both orders, the representations added.</summary>
/// <remarks>
/// <para>s = w·(h(a, b) + h(b, a)) + b, trained on the squared error. The loss that is reported is the mean squared error, on the scale of the examples' scores squared.</para>
/// <para>
/// Family defaults: mini-batches of 32 examples, AdamW, learning rate 6.25e-5 that rises over the first 0.2 % of the run and then falls linearly to 0, weight decay 0.01, clipping at 1,
/// 3 epochs; the language model's loss counts half. The result has the same bits at any number of workers.
/// </para>
/// <para>Source: Radford et al. 2018, sections 3.2, 3.3 and 4.1.</para>
/// </remarks>
public sealed class GptSimilarity : IFineTuner<GptModel, ScoredPairExample, GptSimilarityScorer>
{
    private readonly Tokenizer _tokenizer;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    public GptSimilarity(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
    }

    /// <summary>How the pretrained model becomes the task's. Default: the default options.</summary>
    public GptTuningOptions Tuning { get; init; } = new();

    /// <inheritdoc/>
    public GptSimilarityScorer CreateTuned(GptModel pretrained, ulong seed) =>
        new(GptTuned.Create(pretrained, _tokenizer, Tuning, outputs: 1, hasBias: true, isBothOrders: true, seed));

    /// <inheritdoc/>
    public IAsyncEnumerable<TrainingProgress> FineTuneAsync(GptSimilarityScorer tuned, IReadOnlyList<ScoredPairExample> examples,
        TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(examples);
        GptFineTuningTask.Validate(tuned.Tuned, Tuning, options);
        return TrainingLoop.RunAsync(() => new SimilarityTask(tuned, examples, Tuning, options), options, cancellationToken);
    }
}
