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

    private protected override BertExamples Encode(BertSpanExtractor tuned, IReadOnlyList<SpanExample> examples)
    {
        List<BertSequence[]> encoded = [];
        List<(int First, int Last)> answers = [];
        for (int index = 0; index < examples.Count; index++)
        {
            SpanExample example = examples[index];
            SpanDocument document = SpanDocument.Create(tuned.Tuned.Inputs, tuned.Spans, example?.Question, example?.Context, index);
            (int First, int Last)? answer = AnswerOf(document, example!, index, tuned.Spans);
            foreach (SpanWindow window in document.Windows)
            {
                encoded.Add([window.Sequence]);
                answers.Add(window.TargetOf(answer));
            }
        }

        return new SpanExamples([.. encoded], [.. answers]);
    }

    /// <summary>The tokens of the first right answer; null where there is none.</summary>
    private static (int First, int Last)? AnswerOf(SpanDocument document, SpanExample example, int index, BertSpanOptions options)
    {
        if (example.Answers is not { Count: > 0 } answers)
        {
            if (options.NullThreshold is not null) return null;
            throw new ArgumentException(FormattableString.Invariant($"Example {index} has no answer; give it one (SpanExample.Answers), or set a threshold for the rules of SQuAD 2.0 (BertSpanOptions.NullThreshold)."));
        }

        foreach (Range answer in answers) SpanScores.TextOf(example, answer, index);
        (int start, int length) = answers[0].GetOffsetAndLength(example.Context.Length);
        (int first, int last) = document.TokensOf(start, start + length);
        return first <= last ? (first, last) : throw new ArgumentException(
            FormattableString.Invariant($"Example {index} has an answer from {start} to {start + length} that has no token of its context, such as white space (SpanExample.Answers)."));
    }
}
