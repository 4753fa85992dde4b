using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Fine-tunes a pretrained ELMo to classify texts.</summary>
/// <remarks>
/// <para>p = softmax(W·u + b), with u = [max; mean] over the text of the outputs of an LSTM in each direction.</para>
/// <inheritdoc cref="ElmoFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
public sealed class ElmoTextClassification : ElmoFineTuner<TextExample, ElmoTextClassifier>
{
    private readonly LabelSet _labels;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="vocabulary">The vocabulary that the model was pretrained with; a model that reads characters needs none.</param>
    /// <param name="tokenizer">Cuts text to words, as it did in pretraining.</param>
    /// <param name="labels">The classes, at least two, distinct.</param>
    /// <exception cref="ArgumentException">A label is empty or given twice, or there are fewer than two.</exception>
    public ElmoTextClassification(ElmoVocabulary? vocabulary, IWordTokenizer tokenizer, IEnumerable<string> labels) : base(vocabulary, tokenizer) => _labels = new LabelSet(labels, nameof(labels));

    /// <summary>Creates the fine-tuner for the labels of some examples, in ordinal order.</summary>
    /// <param name="vocabulary">The vocabulary that the model was pretrained with; a model that reads characters needs none.</param>
    /// <param name="tokenizer">Cuts text to words, as it did in pretraining.</param>
    /// <param name="examples">Examples with at least two different labels.</param>
    /// <param name="tuning">How the pretrained model becomes the task's. Default null: the default options.</param>
    /// <exception cref="ArgumentException">A label is empty, or there are fewer than two.</exception>
    public static ElmoTextClassification FromExamples(ElmoVocabulary? vocabulary, IWordTokenizer tokenizer, IEnumerable<TextExample> examples, ElmoTuningOptions? tuning = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new(vocabulary, tokenizer, LabelSet.Distinct(examples.Select(static example => example.Label))) { Tuning = tuning ?? new() };
    }

    private protected override ElmoHeadKind Kind => ElmoHeadKind.Text;

    private protected override int Outputs => _labels.Count;

    private protected override ElmoTextClassifier Wrap(ElmoTuned tuned) => new(tuned, _labels);

    private protected override TaskExamples<ElmoSequence> Encode(ElmoTextClassifier tuned, IReadOnlyList<TextExample> examples) => new LabelledExamples<ElmoSequence>(
        [.. examples.Select((example, index) => (ElmoSequence[])[tuned.Tuned.Inputs.Text(example?.Text, index)])],
        [.. examples.Select((example, index) => (int[])[tuned.RequireLabel(example.Label, index)])]);
}
