namespace NlpPretrain.Training;

/// <summary>Runs a training stream to its end as a <see cref="Task"/>.</summary>
public static class TrainingRun
{
    /// <summary>Pulls every step, and reports each.</summary>
    /// <remarks>
    /// <see cref="Progress{T}"/> may deliver reports out of order; each carries its own step. The method never returns to the caller's
    /// synchronization context between steps, so it does not block a user interface and cannot deadlock with one.
    /// </remarks>
    /// <param name="steps">
    /// The stream that <see cref="IPretrainer{TConfig, TModel}.PretrainAsync"/> or
    /// <see cref="IFineTuner{TModel, TExample, TTuned}.FineTuneAsync"/> returned.
    /// </param>
    /// <param name="progress">Receives each report. Default null: none.</param>
    /// <param name="cancellationToken">Stops the run between two steps; what the model has learned until then stays.</param>
    /// <returns>The last report; the default value, whose step is 0, where a resumed run was complete and nothing was left to do.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="steps"/> is null.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<TrainingProgress> RunAsync(
        this IAsyncEnumerable<TrainingProgress> steps, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return PullAsync(steps, progress, cancellationToken);
    }

    private static async Task<TrainingProgress> PullAsync(
        IAsyncEnumerable<TrainingProgress> steps, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        TrainingProgress last = default;
        cancellationToken.ThrowIfCancellationRequested();
        await foreach (TrainingProgress at in steps.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            last = at;
            progress?.Report(at);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return last;
    }
}
