using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>Creates models of one family and pretrains them on raw text. It is constructed with its tokenizer or vocabulary.</summary>
/// <typeparam name="TConfig">The architecture.</typeparam>
/// <typeparam name="TModel">The model.</typeparam>
public interface IPretrainer<TConfig, TModel>
    where TModel : class
{
    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    TModel CreateModel(TConfig config, ulong seed);

    /// <summary>Trains the model in place: one element of the stream is one optimizer step, taken when the caller pulls it.</summary>
    /// <remarks>
    /// Between two elements nothing runs: the caller may evaluate, save or read the model, or stop pulling. A stopped or cancelled run
    /// keeps what the model has learned. Steps run on the thread pool, off the caller's synchronization context.
    /// </remarks>
    /// <param name="model">The model, new or trained before.</param>
    /// <param name="corpus">The text.</param>
    /// <param name="options">How long and how to train.</param>
    /// <param name="cancellationToken">Stops the run between two steps.</param>
    /// <exception cref="ArgumentException">An option is out of its range or not supported by this family.</exception>
    /// <exception cref="CorpusException">The corpus cannot be read or holds nothing to train on.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IAsyncEnumerable<TrainingProgress> PretrainAsync(
        TModel model, ICorpus corpus, TrainingOptions options, CancellationToken cancellationToken = default);
}
