using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Finds answers in passages, over a fine-tuned BERT: Hugging Face's BertForQuestionAnswering.</summary>
/// <inheritdoc cref="BertTunedModel" path="/remarks"/>
public sealed class BertSpanExtractor : BertTunedModel, ISpanExtractor
{
    internal const string TaskName = "span extraction";

    internal BertSpanExtractor(BertTuned tuned, BertSpanOptions spans) : base(tuned) => Spans = spans;

    /// <summary>How answers are searched.</summary>
    public BertSpanOptions Spans { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public Range? Extract(string question, string context) => PlaceOf(Answers(question, context));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Range?> ExtractBatch(IReadOnlyList<(string Question, string Context)> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        BertSpanDocument[] documents = [.. questions.Select((question, index) => BertSpanDocument.Create(Inputs, Spans, question.Question, question.Context, index))];
        return [.. Answers(documents, cancellationToken).Select(PlaceOf)];
    }

    /// <summary>The best answers with their probabilities, the one that <see cref="Extract"/> tells first; no answer is among them where <see cref="BertSpanOptions.NullThreshold"/> is set.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text that holds the answer.</param>
    /// <returns>At most as many as <see cref="BertSpanOptions.Candidates"/>, and no answer.</returns>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<SpanPrediction> Answers(string question, string context) => Answers([BertSpanDocument.Create(Inputs, Spans, question, context)], default)[0];

    /// <summary>The same model with other rules, such as another threshold; nothing is copied.</summary>
    /// <param name="spans">How answers are searched.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public BertSpanExtractor With(BertSpanOptions spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        spans.Validate(Inputs.MaxLength, Inputs.PairFrame);
        return new BertSpanExtractor(Tuned, spans);
    }

    /// <summary>Reads an extractor from a folder that <see cref="BertTunedModel.Save"/> or Hugging Face's library wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static BertSpanExtractor Load(string folder)
    {
        BertTunedFolder read = BertTunedFiles.Load(folder, TaskName, BertTask.QuestionAnswering, static _ => BertHeadForm.Spans, hasLabels: false);
        return new BertSpanExtractor(read.Tuned, read.Spans ?? new());
    }

    private protected override BertTask Describe() => new(TaskName, BertTask.QuestionAnswering) { Spans = Spans };

    private static Range? PlaceOf(IReadOnlyList<SpanPrediction> answers) => answers.Count == 0 ? null : answers[0].Place;

    private SpanPrediction[][] Answers(BertSpanDocument[] documents, CancellationToken cancellationToken)
    {
        float[][] scores = Predictor.Scores([.. documents.SelectMany(document => document.Windows).Select(window => (BertSequence[])[window.Sequence])], cancellationToken);
        SpanPrediction[][] answers = new SpanPrediction[documents.Length][];
        int next = 0;
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = SpanSearch.Answers(documents[i], scores.AsSpan(next, documents[i].Windows.Length), Spans.Rules);
            next += documents[i].Windows.Length;
        }

        return answers;
    }
}
