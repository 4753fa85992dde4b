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

    /// <summary>Each part of a sentence is an example of its own.</summary>
    private protected override TaskExamples<BertSequence> Encode(BertTagger tuned, IReadOnlyList<TaggedExample> examples)
    {
        List<BertSequence[]> encoded = [];
        List<int[]> labels = [];
        for (int index = 0; index < examples.Count; index++)
        {
            TaggedExample example = examples[index];
            if (example?.Words is not { Count: > 0 } words) throw new ArgumentException($"Example {index} has no words; each needs at least one (TaggedExample.Words).");
            if (example.Tags?.Count != words.Count)
                throw new ArgumentException($"Example {index} has {words.Count} words and {example.Tags?.Count ?? 0} tags; each word needs one tag (TaggedExample.Tags).");

            int[] tags = [.. example.Tags.Select(tag => tuned.RequireLabel(tag, index))];
            int first = 0;
            foreach (BertSequence part in tuned.Tuned.Inputs.Words(words, FormattableString.Invariant($"example {index}"), "TaggedExample.Words"))
            {
                encoded.Add([part]);
                labels.Add(tags[first..(first += part.Places.Length)]);
            }
        }

        return new LabelledExamples<BertSequence>([.. encoded], [.. labels]);
    }
}
