using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>What the fine-tuners of all tasks share.</summary>
/// <remarks>
/// <para>
/// A task learns a mix of the layers of the language model, which stays as it is by default, and LSTMs of its own over the mixed vectors. Family defaults: mini-batches of 32 examples of
/// like lengths, Adam without weight decay, learning rate 1e-3 that falls linearly to 0, clipping at 5, 10 epochs. The result has the same bits at any number of workers.
/// </para>
/// <para>
/// A text is cut to sentences of words, which the model reads one after another, each between the marks of its begin and end, as pretraining did; the head sees the words.
/// </para>
/// <para>
/// Source: Peters et al. 2018, sections 3.2 and 3.3. Differs: the heads are small and of one kind, where the paper added ELMo to the best model of each task.
/// </para>
/// </remarks>
/// <typeparam name="TExample">An example of the task.</typeparam>
/// <typeparam name="TTuned">The model with its head.</typeparam>
public abstract class ElmoFineTuner<TExample, TTuned> : IFineTuner<ElmoModel, TExample, TTuned>
    where TExample : class
    where TTuned : ElmoTunedModel
{
    private readonly ElmoVocabulary? _vocabulary;
    private readonly IWordTokenizer _tokenizer;

    private protected ElmoFineTuner(ElmoVocabulary? vocabulary, IWordTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_vocabulary, _tokenizer) = (vocabulary, tokenizer);
    }

    /// <summary>How the pretrained model becomes the task's. Default: the default options.</summary>
    public ElmoTuningOptions Tuning { get; init; } = new();

    /// <summary>Examples that are not trained on: a run evaluates them once an epoch, or as <see cref="TrainingOptions.EvaluationInterval"/> says, and keeps the weights of their lowest loss. Default null: none.</summary>
    public IReadOnlyList<TExample>? HeldOut { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of its range, or the model reads words as ids and the vocabulary is null or of another size.</exception>
    public TTuned CreateTuned(ElmoModel pretrained, ulong seed) => Wrap(ElmoTuned.Create(pretrained, _vocabulary, _tokenizer, Tuning, Kind, Outputs, HeldOut is not null, seed));

    /// <inheritdoc/>
    public IAsyncEnumerable<TrainingProgress> FineTuneAsync(TTuned tuned, IReadOnlyList<TExample> examples, TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(Tuning);
        FineTuningTask.Validate(options, tokenizer: null, HeldOut is not null);
        Tuning.Validate(HeldOut is not null);
        return TrainingLoop.RunAsync(() => Task(tuned, examples, options), options, cancellationToken);
    }

    /// <summary>What the head computes.</summary>
    private protected abstract ElmoHeadKind Kind { get; }

    /// <summary>K, scores of what it sees.</summary>
    private protected abstract int Outputs { get; }

    /// <summary>Encodes labelled examples.</summary>
    private protected abstract TaskExamples<ElmoSequence> Encode(TTuned tuned, IReadOnlyList<TExample> examples);

    private protected abstract TTuned Wrap(ElmoTuned tuned);

    internal ElmoFineTuningTask Task(TTuned tuned, IReadOnlyList<TExample> examples, TrainingOptions options)
    {
        TaskExamples<ElmoSequence> encoded = Encode(tuned, examples);
        TaskExamples<ElmoSequence>? heldOut = null;
        try
        {
            if (HeldOut is not null) heldOut = Encode(tuned, HeldOut);
        }
        catch (ArgumentException cause)
        {
            throw new ArgumentException($"Of the held-out examples: {cause.Message}", cause);
        }

        return new ElmoFineTuningTask(tuned, encoded, heldOut, Tuning, options);
    }
}
