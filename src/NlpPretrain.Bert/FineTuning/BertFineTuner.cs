using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>What the fine-tuners of all tasks share.</summary>
/// <remarks>
/// <para>
/// Family defaults: mini-batches of 32 examples of like lengths, AdamW, learning rate 5e-5 that rises over the first 10 % of the run and then falls linearly to 0, weight decay 0.01,
/// clipping at 1, 3 epochs. The result has the same bits at any number of workers.
/// </para>
/// <para>
/// Source: Devlin et al. 2019, appendix A.3; warm-up, decay and clipping from google-research/bert. Differs: Adam corrects its bias and has ε = 1e-8; without the correction small
/// tasks often fail (Mosbach et al. 2021).
/// </para>
/// </remarks>
/// <typeparam name="TExample">An example of the task.</typeparam>
/// <typeparam name="TTuned">The model with its head.</typeparam>
public abstract class BertFineTuner<TExample, TTuned> : IFineTuner<BertModel, TExample, TTuned>
    where TExample : class
    where TTuned : BertTunedModel
{
    private readonly Tokenizer _tokenizer;

    private protected BertFineTuner(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
    }

    /// <summary>How the pretrained model becomes the task's. Default: the default options.</summary>
    public BertTuningOptions Tuning { get; init; } = new();

    /// <summary>Examples that are not trained on: a run evaluates them once an epoch, or as <see cref="TrainingOptions.EvaluationInterval"/> says, and keeps the weights of their lowest loss. Default null: none.</summary>
    public IReadOnlyList<TExample>? HeldOut { get; init; }

    /// <inheritdoc/>
    public TTuned CreateTuned(BertModel pretrained, ulong seed) => Wrap(BertTuned.Create(pretrained, _tokenizer, Tuning, Form, HeldOut is not null, seed));

    /// <inheritdoc/>
    public IAsyncEnumerable<TrainingProgress> FineTuneAsync(TTuned tuned, IReadOnlyList<TExample> examples, TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(Tuning);
        FineTuningTask.Validate(options, tuned.Tuned.Inputs.Tokenizer, HeldOut is not null);
        Tuning.Validate(tuned.Model.Config, HeldOut is not null);
        return TrainingLoop.RunAsync(() => Task(tuned, examples, options), options, cancellationToken);
    }

    /// <summary>The head of the task.</summary>
    private protected abstract BertHeadForm Form { get; }

    /// <summary>Encodes labelled examples.</summary>
    private protected abstract TaskExamples<BertSequence> Encode(TTuned tuned, IReadOnlyList<TExample> examples);

    private protected abstract TTuned Wrap(BertTuned tuned);

    internal BertFineTuningTask Task(TTuned tuned, IReadOnlyList<TExample> examples, TrainingOptions options)
    {
        TaskExamples<BertSequence> encoded = Encode(tuned, examples);
        TaskExamples<BertSequence>? heldOut = null;
        try
        {
            if (HeldOut is not null) heldOut = Encode(tuned, HeldOut);
        }
        catch (ArgumentException cause)
        {
            throw new ArgumentException($"Of the held-out examples: {cause.Message}", cause);
        }

        return new BertFineTuningTask(tuned, encoded, heldOut, Tuning, options);
    }
}
