using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Fine-tunes a pretrained ELMo to find answers in passages.</summary>
/// <remarks>
/// <para>
/// LSTMs read the question and the passage, each word of the passage attends to the question, and LSTMs read what both say. p(i is the first word) = softmax over the words i of a passage
/// of their scores, and the same for the last; the loss is the mean of both. A passage that is too long is read in parts, each an example of its own; where a part has not all of the
/// answer, or there is none, both are the mark of its begin. Of several right answers the first is trained on.
/// </para>
/// <para>
/// Source: Chen et al. 2017, "Reading Wikipedia to answer open-domain questions", for the attention to the question; google-research/bert, run_squad.py, for parts and no answer. Differs: the paper's
/// ELMo for questions is in another model.
/// </para>
/// <inheritdoc cref="ElmoFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
/// <param name="vocabulary">The vocabulary that the model was pretrained with; a model that reads characters needs none.</param>
/// <param name="tokenizer">Cuts text to words, as it did in pretraining.</param>
public sealed class ElmoSpanExtraction(ElmoVocabulary? vocabulary, IWordTokenizer tokenizer) : ElmoFineTuner<SpanExample, ElmoSpanExtractor>(vocabulary, tokenizer)
{
    private const int FirstAndLast = 2;

    /// <summary>How answers are searched. Default: the default options, the rules of SQuAD 1.1.</summary>
    public ElmoSpanOptions Spans { get; init; } = new();

    private protected override ElmoHeadKind Kind => ElmoHeadKind.Spans;

    private protected override int Outputs => FirstAndLast;

    private protected override ElmoSpanExtractor Wrap(ElmoTuned tuned)
    {
        ArgumentNullException.ThrowIfNull(Spans);
        Spans.Validate();
        return new ElmoSpanExtractor(tuned, Spans);
    }

    private protected override TaskExamples<ElmoSequence> Encode(ElmoSpanExtractor tuned, IReadOnlyList<SpanExample> examples)
    {
        List<ElmoSequence[]> encoded = [];
        List<(int First, int Last)> answers = [];
        for (int index = 0; index < examples.Count; index++)
        {
            SpanExample example = examples[index];
            ElmoSpanDocument document = ElmoSpanDocument.Create(tuned.Tuned.Inputs, tuned.Spans, example?.Question, example?.Context, index);
            (int First, int Last)? answer = document.AnswerOf(example!, index, tuned.Spans.NullThreshold is not null, "ElmoSpanOptions.NullThreshold");
            foreach (ElmoSpanWindow window in document.Windows)
            {
                encoded.Add(window.Texts);
                answers.Add(window.TargetOf(answer));
            }
        }

        return new SpanExamples<ElmoSequence>([.. encoded], [.. answers], [.. encoded.Select(texts => texts[^1].Places.Length)]);
    }
}
