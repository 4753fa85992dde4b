using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Fine-tunes a pretrained BERT to classify pairs of texts, such as entailment and paraphrase: [CLS] first [SEP] second [SEP].</summary>
/// <remarks>
/// <para>p = softmax(W·c + b), with c the pooled vector.</para>
/// <para>Source: Devlin et al. 2019, section 4.1.</para>
/// <inheritdoc cref="BertFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
public sealed class BertPairClassification : BertFineTuner<PairExample, BertPairClassifier>
{
    private readonly LabelSet _labels;

    /// <summary>Creates the fine-tuner of a task.</summary>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <param name="labels">The classes, at least two, distinct.</param>
    /// <exception cref="ArgumentException">A label is empty or given twice, or there are fewer than two.</exception>
    public BertPairClassification(Tokenizer tokenizer, IEnumerable<string> labels) : base(tokenizer) => _labels = new LabelSet(labels, nameof(labels));

    /// <summary>Creates the fine-tuner for the labels of some examples, in ordinal order.</summary>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <param name="examples">Examples with at least two different labels.</param>
    /// <param name="tuning">How the pretrained model becomes the task's. Default null: the default options.</param>
    /// <exception cref="ArgumentException">A label is empty, or there are fewer than two.</exception>
    public static BertPairClassification FromExamples(Tokenizer tokenizer, IEnumerable<PairExample> examples, BertTuningOptions? tuning = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new(tokenizer, LabelSet.Distinct(examples.Select(static example => example.Label))) { Tuning = tuning ?? new() };
    }

    private protected override BertHeadForm Form => BertHeadForm.Pooled(_labels.Count);

    private protected override BertPairClassifier Wrap(BertTuned tuned) => new(tuned, _labels);

    private protected override TaskExamples<BertSequence> Encode(BertPairClassifier tuned, IReadOnlyList<PairExample> examples) => new LabelledExamples<BertSequence>(
        [.. examples.Select((example, index) => (BertSequence[])[tuned.Tuned.Inputs.Pair(example?.First, example?.Second, index)])],
        [.. examples.Select((example, index) => (int[])[tuned.RequireLabel(example.Label, index)])]);
}
