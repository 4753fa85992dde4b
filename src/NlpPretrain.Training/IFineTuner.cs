namespace NlpPretrain.Training;

/// <summary>Puts a new head on a pretrained model and trains it on labelled examples of one task.</summary>
/// <typeparam name="TModel">The pretrained model.</typeparam>
/// <typeparam name="TExample">An example of the task.</typeparam>
/// <typeparam name="TTuned">The model with its head: it implements the interface of its task, such as <see cref="ITextClassifier"/>.</typeparam>
public interface IFineTuner<TModel, TExample, TTuned>
    where TModel : class
    where TTuned : class
{
    /// <summary>Creates a new head over the pretrained weights; equal seeds give equal heads. The pretrained model is never changed.</summary>
    /// <param name="pretrained">The model to start from.</param>
    /// <param name="seed">Seed of the head's weights.</param>
    TTuned CreateTuned(TModel pretrained, ulong seed);

    /// <summary>Trains the tuned model in place: one element of the stream is one optimizer step, taken when the caller pulls it.</summary>
    /// <param name="tuned">The model and its head.</param>
    /// <param name="examples">Labelled examples, at least one.</param>
    /// <param name="options">How long and how to train.</param>
    /// <param name="cancellationToken">Stops the run between two steps.</param>
    /// <exception cref="ArgumentException">There is no example, a label is unknown, or an option is out of its range or not supported.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IAsyncEnumerable<TrainingProgress> FineTuneAsync(
        TTuned tuned, IReadOnlyList<TExample> examples, TrainingOptions options, CancellationToken cancellationToken = default);
}
