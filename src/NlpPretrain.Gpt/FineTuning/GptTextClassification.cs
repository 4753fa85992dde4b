using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Fine-tunes a pretrained GPT to classify texts: [start; text; extract].</summary>
/// <remarks>
/// <para>p = softmax(W_y·h + b), with h the vector of the extract token.</para>
/// <para>
/// Family defaults: mini-batches of 32 examples, AdamW, learning rate 6.25e-5 that rises over the first 0.2 % of the run and then falls linearly to 0, weight decay 0.01, clipping at 1,
/// 3 epochs; the language model's loss counts half. The result has the same bits at any number of workers.
/// </para>
/// <para>Source: Radford et al. 2018, sections 3.2, 3.3 and 4.1.</para>
/// </remarks>
public sealed class GptTextClassification : IFineTuner<GptModel, TextExample, GptTextClassifier>
{
    private readonly Tokenizer _tokenizer;
    private readonly LabelSet _labels;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <param name="labels">The classes, at least two, distinct.</param>
    /// <exception cref="ArgumentException">A label is empty or given twice, or there are fewer than two.</exception>
    public GptTextClassification(Tokenizer tokenizer, IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_tokenizer, _labels) = (tokenizer, new LabelSet(labels, nameof(labels)));
    }

    /// <summary>How the pretrained model becomes the task's. Default: the default options.</summary>
    public GptTuningOptions Tuning { get; init; } = new();

    /// <summary>Creates the fine-tuner for the labels of some examples, in ordinal order.</summary>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <param name="examples">Examples with at least two different labels.</param>
    /// <param name="tuning">How the pretrained model becomes the task's. Default null: the default options.</param>
    /// <exception cref="ArgumentException">A label is empty, or there are fewer than two.</exception>
    public static GptTextClassification FromExamples(Tokenizer tokenizer, IEnumerable<TextExample> examples, GptTuningOptions? tuning = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new(tokenizer, LabelSet.Distinct(examples.Select(static example => example.Label))) { Tuning = tuning ?? new() };
    }

    /// <inheritdoc/>
    public GptTextClassifier CreateTuned(GptModel pretrained, ulong seed) =>
        new(GptTuned.Create(pretrained, _tokenizer, Tuning, outputs: _labels.Count, hasBias: true, isBothOrders: false, seed), _labels);

    /// <inheritdoc/>
    public IAsyncEnumerable<TrainingProgress> FineTuneAsync(GptTextClassifier tuned, IReadOnlyList<TextExample> examples,
        TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(examples);
        GptFineTuningTask.Validate(tuned.Tuned, Tuning, options);
        return TrainingLoop.RunAsync(() => Task(tuned, examples, options), options, cancellationToken);
    }

    private ClassificationTask Task(GptTextClassifier tuned, IReadOnlyList<TextExample> examples, TrainingOptions options) => new(tuned.Tuned,
        [.. examples.Select((example, index) => (int[][])[tuned.Tuned.Inputs.Text(example?.Text, index)])],
        [.. examples.Select((example, index) => tuned.RequireLabel(example.Label, index))], Tuning, options, tuned.Save);
}
