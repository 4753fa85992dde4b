using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>Fine-tunes scorers of graded similarity over word vectors: a linear map of [|u − v|, u ⊙ v, cos(u, v)], trained on the squared error.</summary>
/// <remarks>
/// The loss that is reported is the mean squared error, on the scale of the examples' scores squared. Family defaults: mini-batches of 32 examples, Adagrad,
/// learning rate 0.1 falling linearly to 0, 10 epochs. Runs on one thread, so the result has the same bits at any number of workers.
/// </remarks>
public sealed class Word2VecSimilarity : IFineTuner<WordVectors, ScoredPairExample, Word2VecSimilarityScorer>
{
    private readonly IWordTokenizer _tokenizer;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="tokenizer">Cuts text to words; the one that the word vectors were trained with.</param>
    public Word2VecSimilarity(IWordTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
    }

    /// <summary>How features are made, and whether the word vectors are trained. Default: the default options.</summary>
    public Word2VecTuningOptions Tuning { get; init; } = new();

    /// <inheritdoc/>
    public Word2VecSimilarityScorer CreateTuned(WordVectors pretrained, ulong seed)
    {
        TextEncoder encoder = new(_tokenizer, pretrained, Tuning);
        return new Word2VecSimilarityScorer(encoder, LinearHead.Create(SimilarityFeatures.Count(encoder.Dimensions), outputs: 1, seed));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TrainingProgress> FineTuneAsync(Word2VecSimilarityScorer tuned, IReadOnlyList<ScoredPairExample> examples,
        TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(examples);
        FineTuningRun.Validate(options);
        return FineTuningRun.RunAsync(() => new SimilarityTask(tuned, examples), options, cancellationToken);
    }
}
