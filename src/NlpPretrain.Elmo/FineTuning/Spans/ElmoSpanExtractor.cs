using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Finds answers in passages, over a pretrained ELMo.</summary>
/// <inheritdoc cref="ElmoTunedModel" path="/remarks"/>
public sealed class ElmoSpanExtractor : ElmoTunedModel, ISpanExtractor
{
    internal const string TaskName = "span extraction";

    internal ElmoSpanExtractor(ElmoTuned tuned, ElmoSpanOptions spans) : base(tuned) => Spans = spans;

    /// <summary>How answers are searched.</summary>
    public ElmoSpanOptions Spans { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public Range? Extract(string question, string context) => PlaceOf(Answers(question, context));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Range?> ExtractBatch(IReadOnlyList<(string Question, string Context)> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ElmoSpanDocument[] documents = [.. questions.Select((question, index) => ElmoSpanDocument.Create(Inputs, Spans, question.Question, question.Context, index))];
        return [.. Answers(documents, cancellationToken).Select(PlaceOf)];
    }

    /// <summary>The best answers with their probabilities, the one that <see cref="Extract"/> tells first; no answer is among them where <see cref="ElmoSpanOptions.NullThreshold"/> is set.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text that holds the answer.</param>
    /// <returns>At most as many as <see cref="ElmoSpanOptions.Candidates"/>, and no answer.</returns>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<SpanPrediction> Answers(string question, string context) => Answers([ElmoSpanDocument.Create(Inputs, Spans, question, context)], default)[0];

    /// <summary>The same model with other rules, such as another threshold; nothing is copied.</summary>
    /// <param name="spans">How answers are searched.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ElmoSpanExtractor With(ElmoSpanOptions spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        spans.Validate();
        return new ElmoSpanExtractor(Tuned, spans);
    }

    /// <summary>Reads an extractor from a folder that <see cref="ElmoTunedModel.Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tokenizer">Cuts text to words, as it did in tuning. Default null: the one that the folder has.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="ArgumentException">The folder has no tokenizer, and none is given.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ElmoSpanExtractor Load(string folder, IWordTokenizer? tokenizer = null)
    {
        ElmoTunedFolder read = ElmoTunedFiles.Load(folder, tokenizer, TaskName, ElmoHeadKind.Spans, outputs: 2);
        return new ElmoSpanExtractor(read.Tuned, read.Spans ?? new());
    }

    private protected override ElmoTask Describe() => new(TaskName, nameof(ElmoSpanExtractor)) { Spans = Spans };

    private static Range? PlaceOf(IReadOnlyList<SpanPrediction> answers) => answers.Count == 0 ? null : answers[0].Place;

    private SpanPrediction[][] Answers(ElmoSpanDocument[] documents, CancellationToken cancellationToken)
    {
        float[][] scores = Predictor.Scores([.. documents.SelectMany(document => document.Windows).Select(window => window.Texts)], cancellationToken);
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
