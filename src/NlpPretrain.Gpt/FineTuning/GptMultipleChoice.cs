using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Fine-tunes a pretrained GPT to choose an answer: [start; context; delimiter; answer; extract] for each answer.</summary>
/// <remarks>
/// <para>p = softmax over the answers of w·h, with h the vector of each answer's extract token. Differs: no bias, which the softmax would not see.</para>
/// <para>
/// Family defaults: mini-batches of 32 examples, AdamW, learning rate 6.25e-5 that rises over the first 0.2 % of the run and then falls linearly to 0, weight decay 0.01, clipping at 1,
/// 3 epochs; the language model's loss counts half. The result has the same bits at any number of workers.
/// </para>
/// <para>Source: Radford et al. 2018, sections 3.2, 3.3 and 4.1.</para>
/// </remarks>
public sealed class GptMultipleChoice : IFineTuner<GptModel, ChoiceExample, GptChoiceSelector>
{
    private readonly Tokenizer _tokenizer;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    public GptMultipleChoice(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
    }

    /// <summary>How the pretrained model becomes the task's. Default: the default options.</summary>
    public GptTuningOptions Tuning { get; init; } = new();

    /// <inheritdoc/>
    public GptChoiceSelector CreateTuned(GptModel pretrained, ulong seed) =>
        new(GptTuned.Create(pretrained, _tokenizer, Tuning, outputs: 1, hasBias: false, isBothOrders: false, seed));

    /// <inheritdoc/>
    public IAsyncEnumerable<TrainingProgress> FineTuneAsync(GptChoiceSelector tuned, IReadOnlyList<ChoiceExample> examples,
        TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(examples);
        GptFineTuningTask.Validate(tuned.Tuned, Tuning, options);
        return TrainingLoop.RunAsync(() => new ChoiceTask(tuned, examples, Tuning, options), options, cancellationToken);
    }
}
