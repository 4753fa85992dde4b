using NlpPretrain.Optimization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Training;

/// <summary>What a model tells <see cref="TrainingLoop"/>: its parameters, its batches and their loss, and its own files of a checkpoint.</summary>
/// <remarks>
/// A task belongs to one run, which disposes of it. Batches are numbered 0, 1, 2, … over the whole run, and a batch depends on its number and the seed alone, so that a
/// resumed run goes on with the next one. One of the loop's threads at a time calls it.
/// </remarks>
public abstract class TrainingTask : IDisposable
{
    /// <summary>The parameters that the optimizer gets, each under a name of its own; it passes over those that are not trainable.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>What the family trains with where the options leave it open.</summary>
    public abstract TrainingDefaults Defaults { get; }

    /// <summary>Batches of one pass over the corpus or the examples, at least 1.</summary>
    public abstract long BatchesPerEpoch { get; }

    /// <summary>What else a resumed run must share with the one that wrote the checkpoint: architecture, batch size, a hash of the data.</summary>
    /// <remarks>The loop itself compares the seed, the number of steps, and everything of the optimizer and its schedule.</remarks>
    public abstract string Identity { get; }

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="pass">A training pass; the loop differentiates and ends it.</param>
    /// <param name="batch">The batch's number, from 0 on over the whole run.</param>
    /// <param name="statistics">What the batch came to. The loop weighs each batch of a step by its targets.</param>
    /// <returns>What is minimized: a mean over the batch's targets, one value. It may have more terms than the loss that is reported.</returns>
    public abstract Tensor Loss(Pass pass, long batch, out BatchStatistics statistics);

    /// <summary>Mean loss over <see cref="TrainingOptions.Evaluation"/>, in nats per target; or over the task's own held-out examples; called only where one of them is there.</summary>
    /// <param name="arena">The run's memory and threads, free for passes of inference.</param>
    /// <param name="cancellationToken">Stops the run: a long evaluation looks at it now and then.</param>
    /// <exception cref="NotSupportedException">The task has no evaluation.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public virtual double Evaluate(TensorArena arena, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{GetType().Name} has no evaluation of held-out text; evaluate between two steps (TrainingOptions.Evaluation).");

    /// <summary>Steps between evaluations where the options say none; null, the default, where the task has no held-out examples of its own.</summary>
    public virtual long? EvaluationInterval => null;

    /// <summary>Whether the run ends before its steps are done; asked after each step. Default false.</summary>
    public virtual bool EndsEarly => false;

    /// <summary>Called when the run has ended by itself, before its last checkpoint is written: the place to take back the best weights.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>The parameters with their weight decay and their share of the learning rate.</summary>
    /// <param name="weightDecay">Weight decay of the run.</param>
    /// <returns>By default two groups: weights decay; biases and norms, which have one axis, do not.</returns>
    public virtual IReadOnlyList<ParameterGroup> Group(double weightDecay) => ParameterGroup.ForDecay(Parameters, weightDecay);

    /// <summary>Writes the model's files of a checkpoint, and what it carries from one batch to the next.</summary>
    /// <param name="folder">An empty folder. The names <c>optimizer.safetensors</c>, <c>training.json</c> and <c>manifest.json</c> are the loop's.</param>
    public abstract void Save(string folder);

    /// <summary>Reads what <see cref="Save"/> wrote into the model.</summary>
    /// <param name="folder">A checkpoint whose checksums are right and whose <see cref="Identity"/> is this task's.</param>
    public abstract void Load(string folder);

    /// <summary>Ends the task: temporary files are deleted.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the task.</summary>
    /// <param name="disposing">True.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
