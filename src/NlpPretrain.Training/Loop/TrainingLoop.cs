using System.Runtime.CompilerServices;

namespace NlpPretrain.Training;

/// <summary>The loop that pretraining and fine-tuning of the tensor models share.</summary>
/// <remarks>
/// <para>
/// A step computes <see cref="TrainingOptions.Accumulation"/> batches, each weighted by its targets, so that the gradient is the mean over all targets of the step;
/// clips it; and changes the parameters at the rate that the schedule gives for the middle of the step: step s of S, counted from 1, is at (s − ½)/S.
/// </para>
/// <para>
/// Dropout depends on the seed and the batch's number, so a run that resumes from its checkpoint has the bits of one that was never interrupted. A steady step
/// allocates nothing.
/// </para>
/// </remarks>
public static class TrainingLoop
{
    /// <summary>Trains; one element of the stream is one optimizer step, taken on the thread pool when the caller pulls it.</summary>
    /// <param name="create">
    /// Makes the task, off the caller's context: tokenizing a corpus belongs here. The run disposes of it.
    /// </param>
    /// <param name="options">How long and how to train; what the family has no use for was refused before.</param>
    /// <param name="cancellationToken">Stops the run between two steps, and within an evaluation.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or the checkpoint to resume from belongs to another run: the message names what differs.
    /// </exception>
    /// <exception cref="NonFiniteLossException">A loss or gradient was not finite. The step was not taken.</exception>
    /// <exception cref="IOException">A checkpoint cannot be written or read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async IAsyncEnumerable<TrainingProgress> RunAsync(
        Func<TrainingTask> create, TrainingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using TrainingSteps steps = await Task.Run(() => TrainingSteps.Begin(create, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        PooledStep step = new(steps.Step);
        while (!steps.AreDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await step.RunAsync().ConfigureAwait(false);
        }
    }
}
