using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>Fine-tunes taggers over word vectors: a softmax of a linear map of the vectors of the previous, the current and the next word.</summary>
/// <remarks>
/// Family defaults: mini-batches of 32 sentences, Adagrad, learning rate 0.1 falling linearly to 0, 10 epochs. Runs on one thread, so the result has the same
/// bits at any number of workers.
/// </remarks>
public sealed class Word2VecTagging : IFineTuner<WordVectors, TaggedExample, Word2VecTagger>
{
    private readonly LabelSet _labels;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="labels">The tags, at least two, distinct.</param>
    /// <exception cref="ArgumentException">A tag is empty or given twice, or there are fewer than two.</exception>
    public Word2VecTagging(IEnumerable<string> labels) => _labels = new LabelSet(labels, nameof(labels));

    /// <summary>Whether the word vectors are trained. A tagger has no use for <see cref="Word2VecTuningOptions.FrequencySmoothing"/>. Default: the default options.</summary>
    public Word2VecTuningOptions Tuning { get; init; } = new();

    /// <summary>Creates the fine-tuner for the tags of some examples, in ordinal order.</summary>
    /// <param name="examples">Examples with at least two different tags.</param>
    /// <param name="tuning">Whether the word vectors are trained. Default null: the default options.</param>
    /// <exception cref="ArgumentException">A tag is empty, or there are fewer than two.</exception>
    public static Word2VecTagging FromExamples(IEnumerable<TaggedExample> examples, Word2VecTuningOptions? tuning = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new(LabelSet.Distinct(examples.SelectMany(static example => example.Tags))) { Tuning = tuning ?? new() };
    }

    /// <inheritdoc/>
    public Word2VecTagger CreateTuned(WordVectors pretrained, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(pretrained);
        Tuning.Validate();
        if (Tuning.FrequencySmoothing is { } a)
            throw new ArgumentException(FormattableString.Invariant(
                $"FrequencySmoothing is {a}; a tagger takes no mean of words, so leave it null (Word2VecTuningOptions.FrequencySmoothing)."));

        TunedWords words = new(pretrained, Tuning);
        return new Word2VecTagger(words, LinearHead.Create(Word2VecTagger.FeatureCount(words.Dimensions), _labels.Count, seed), _labels);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TrainingProgress> FineTuneAsync(Word2VecTagger tuned, IReadOnlyList<TaggedExample> examples,
        TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(examples);
        FineTuningRun.Validate(options);
        return FineTuningRun.RunAsync(() => new TaggingTask(tuned, examples), options, cancellationToken);
    }
}
