using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Fine-tunes a pretrained ELMo to tag the words of sentences, such as entities.</summary>
/// <remarks>
/// <para>
/// p = softmax(W·h + b), with h the outputs of an LSTM in each direction at a word; the loss is the mean over words. A sentence that is too long is read in parts. Of a word in which
/// the tokenizer finds several, the model reads all and the head sees the first; one in which it finds none, such as punctuation, is read as it is.
/// </para>
/// <para>Source: Peters et al. 2018, section 4, named entities. Differs: one LSTM in each direction, and no conditional random field over the tags.</para>
/// <inheritdoc cref="ElmoFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
public sealed class ElmoTagging : ElmoFineTuner<TaggedExample, ElmoTagger>
{
    private readonly LabelSet _labels;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="vocabulary">The vocabulary that the model was pretrained with; a model that reads characters needs none.</param>
    /// <param name="tokenizer">Folds words, as it did in pretraining.</param>
    /// <param name="labels">The tags, at least two, distinct.</param>
    /// <exception cref="ArgumentException">A tag is empty or given twice, or there are fewer than two.</exception>
    public ElmoTagging(ElmoVocabulary? vocabulary, IWordTokenizer tokenizer, IEnumerable<string> labels) : base(vocabulary, tokenizer) => _labels = new LabelSet(labels, nameof(labels));

    /// <summary>Creates the fine-tuner for the tags of some examples, in ordinal order.</summary>
    /// <param name="vocabulary">The vocabulary that the model was pretrained with; a model that reads characters needs none.</param>
    /// <param name="tokenizer">Folds words, as it did in pretraining.</param>
    /// <param name="examples">Examples with at least two different tags.</param>
    /// <param name="tuning">How the pretrained model becomes the task's. Default null: the default options.</param>
    /// <exception cref="ArgumentException">A tag is empty, or there are fewer than two.</exception>
    public static ElmoTagging FromExamples(ElmoVocabulary? vocabulary, IWordTokenizer tokenizer, IEnumerable<TaggedExample> examples, ElmoTuningOptions? tuning = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new(vocabulary, tokenizer, LabelSet.Distinct(examples.SelectMany(static example => example.Tags))) { Tuning = tuning ?? new() };
    }

    private protected override ElmoHeadKind Kind => ElmoHeadKind.Words;

    private protected override int Outputs => _labels.Count;

    private protected override ElmoTagger Wrap(ElmoTuned tuned) => new(tuned, _labels);

    private protected override TaskExamples<ElmoSequence> Encode(ElmoTagger tuned, IReadOnlyList<TaggedExample> examples) =>
        TaggedSentences.Encode(examples, tuned.RequireLabel, tuned.Tuned.Inputs.Words, static part => part.Places.Length);
}
