using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>Fine-tunes text classifiers over word vectors: a softmax of a linear map of the text's mean vector.</summary>
/// <remarks>
/// Family defaults: mini-batches of 32 examples, Adagrad, learning rate 0.1 falling linearly to 0, 10 epochs. Runs on one thread, so the result has the same
/// bits at any number of workers.
/// </remarks>
public sealed class Word2VecTextClassification : IFineTuner<WordVectors, TextExample, Word2VecTextClassifier>
{
    private readonly IWordTokenizer _tokenizer;
    private readonly LabelSet _labels;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="tokenizer">Cuts text to words; the one that the word vectors were trained with.</param>
    /// <param name="labels">The classes, at least two, distinct.</param>
    /// <exception cref="ArgumentException">A label is empty or given twice, or there are fewer than two.</exception>
    public Word2VecTextClassification(IWordTokenizer tokenizer, IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_tokenizer, _labels) = (tokenizer, new LabelSet(labels, nameof(labels)));
    }

    /// <summary>How features are made, and whether the word vectors are trained. Default: the default options.</summary>
    public Word2VecTuningOptions Tuning { get; init; } = new();

    /// <summary>Creates the fine-tuner for the labels of some examples, in ordinal order.</summary>
    /// <param name="tokenizer">Cuts text to words; the one that the word vectors were trained with.</param>
    /// <param name="examples">Examples with at least two different labels.</param>
    /// <param name="tuning">How features are made. Default null: the default options.</param>
    /// <exception cref="ArgumentException">A label is empty, or there are fewer than two.</exception>
    public static Word2VecTextClassification FromExamples(
        IWordTokenizer tokenizer, IEnumerable<TextExample> examples, Word2VecTuningOptions? tuning = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new(tokenizer, LabelSet.Distinct(examples.Select(static example => example.Label))) { Tuning = tuning ?? new() };
    }

    /// <inheritdoc/>
    public Word2VecTextClassifier CreateTuned(WordVectors pretrained, ulong seed)
    {
        TextEncoder encoder = new(_tokenizer, pretrained, Tuning);
        return new Word2VecTextClassifier(encoder, LinearHead.Create(encoder.Dimensions, _labels.Count, seed), _labels);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TrainingProgress> FineTuneAsync(Word2VecTextClassifier tuned, IReadOnlyList<TextExample> examples,
        TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(examples);
        FineTuningRun.Validate(options);
        return FineTuningRun.RunAsync(() => new TextClassificationTask(tuned, examples), options, cancellationToken);
    }
}
