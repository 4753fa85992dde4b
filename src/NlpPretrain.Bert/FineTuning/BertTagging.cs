using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Fine-tunes a pretrained BERT to tag the words of sentences, such as entities: [CLS] words [SEP].</summary>
/// <remarks>
/// <para>p = softmax(W·h + b), with h the vector of a word's first piece; the loss is the mean over words. A sentence that is too long is read in parts.</para>
/// <para>Source: Devlin et al. 2019, section 5.3.</para>
/// <inheritdoc cref="BertFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
public sealed class BertTagging : BertFineTuner<TaggedExample, BertTagger>
{
    private readonly LabelSet _labels;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <param name="labels">The tags, at least two, distinct.</param>
    /// <exception cref="ArgumentException">A tag is empty or given twice, or there are fewer than two.</exception>
    public BertTagging(Tokenizer tokenizer, IEnumerable<string> labels) : base(tokenizer) => _labels = new LabelSet(labels, nameof(labels));

    /// <summary>Creates the fine-tuner for the tags of some examples, in ordinal order.</summary>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <param name="examples">Examples with at least two different tags.</param>
    /// <param name="tuning">How the pretrained model becomes the task's. Default null: the default options.</param>
    /// <exception cref="ArgumentException">A tag is empty, or there are fewer than two.</exception>
    public static BertTagging FromExamples(Tokenizer tokenizer, IEnumerable<TaggedExample> examples, BertTuningOptions? tuning = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new(tokenizer, LabelSet.Distinct(examples.SelectMany(static example => example.Tags))) { Tuning = tuning ?? new() };
    }

    private protected override BertHeadForm Form => BertHeadForm.Words(_labels.Count);

    private protected override BertTagger Wrap(BertTuned tuned) => new(tuned, _labels);

    private protected override TaskExamples<BertSequence> Encode(BertTagger tuned, IReadOnlyList<TaggedExample> examples) =>
        TaggedSentences.Encode(examples, tuned.RequireLabel, tuned.Tuned.Inputs.Words, static part => part.Places.Length);
}
