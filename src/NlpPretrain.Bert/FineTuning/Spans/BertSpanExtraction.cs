using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Fine-tunes a pretrained BERT to find answers in passages: [CLS] question [SEP] passage [SEP].</summary>
/// <remarks>
/// <para>
/// p(i is the first token) = softmax over the tokens i of a sequence of S·hᵢ + b, and the same with E for the last; the loss is the mean of both. A passage that is too long is read in
/// parts, each an example of its own; where a part has not all of the answer, or there is none, both are [CLS]. Of several right answers the first is trained on.
/// </para>
/// <para>Source: Devlin et al. 2019, sections 4.2 and 4.3; google-research/bert, run_squad.py.</para>
/// <inheritdoc cref="BertFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
/// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
public sealed class BertSpanExtraction(Tokenizer tokenizer) : BertFineTuner<SpanExample, BertSpanExtractor>(tokenizer)
{
    /// <summary>How answers are searched. Default: the default options, the rules of SQuAD 1.1.</summary>
    public BertSpanOptions Spans { get; init; } = new();

    private protected override BertHeadForm Form => BertHeadForm.Spans;

    private protected override BertSpanExtractor Wrap(BertTuned tuned)
    {
        ArgumentNullException.ThrowIfNull(Spans);
        Spans.Validate(tuned.Inputs.MaxLength, tuned.Inputs.PairFrame);
        return new BertSpanExtractor(tuned, Spans);
    }

    private protected override TaskExamples<BertSequence> Encode(BertSpanExtractor tuned, IReadOnlyList<SpanExample> examples)
    {
        List<BertSequence[]> encoded = [];
        List<(int First, int Last)> answers = [];
        for (int index = 0; index < examples.Count; index++)
        {
            SpanExample example = examples[index];
            BertSpanDocument document = BertSpanDocument.Create(tuned.Tuned.Inputs, tuned.Spans, example?.Question, example?.Context, index);
            (int First, int Last)? answer = document.AnswerOf(example!, index, tuned.Spans.NullThreshold is not null, "BertSpanOptions.NullThreshold");
            foreach (BertSpanWindow window in document.Windows)
            {
                encoded.Add([window.Sequence]);
                answers.Add(window.TargetOf(answer));
            }
        }

        return new SpanExamples<BertSequence>([.. encoded], [.. answers], [.. encoded.Select(sequences => sequences[0].Length)]);
    }
}
