namespace NlpPretrain.Training;

/// <summary>A class and its probability.</summary>
/// <param name="Label">The class.</param>
/// <param name="Probability">From 0 to 1.</param>
public readonly record struct Prediction(string Label, double Probability);

/// <summary>Assigns one of a set of classes to a text.</summary>
public interface ITextClassifier
{
    /// <summary>The classes.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>The most probable class.</summary>
    /// <param name="text">The text.</param>
    Prediction Classify(string text);

    /// <summary>The most probable class of each text: what <see cref="Classify"/> gives, in less time where the model computes texts together.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">Stops between two texts or batches of them.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IReadOnlyList<Prediction> ClassifyBatch(IReadOnlyList<string> texts, CancellationToken cancellationToken = default) =>
        OneByOne.Ask(texts, Classify, cancellationToken);
}

/// <summary>Assigns one of a set of classes to a pair of texts: entailment, paraphrase.</summary>
public interface IPairClassifier
{
    /// <summary>The classes.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>The most probable class.</summary>
    /// <param name="first">The premise, or the first text.</param>
    /// <param name="second">The hypothesis, or the second text.</param>
    Prediction Classify(string first, string second);

    /// <summary>The most probable class of each pair: what <see cref="Classify"/> gives, in less time where the model computes pairs together.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="cancellationToken">Stops between two pairs or batches of them.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IReadOnlyList<Prediction> ClassifyBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default) =>
        OneByOne.Ask(pairs, pair => Classify(pair.First, pair.Second), cancellationToken);
}

/// <summary>Grades how similar two texts are.</summary>
public interface ISimilarityScorer
{
    /// <summary>The similarity, on the scale of the examples that it was tuned on.</summary>
    /// <param name="first">A text.</param>
    /// <param name="second">A text.</param>
    double Score(string first, string second);

    /// <summary>The similarity of each pair: what <see cref="Score"/> gives, in less time where the model computes pairs together.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="cancellationToken">Stops between two pairs or batches of them.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IReadOnlyList<double> ScoreBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default) =>
        OneByOne.Ask(pairs, pair => Score(pair.First, pair.Second), cancellationToken);
}

/// <summary>Selects one of several continuations or answers.</summary>
public interface IChoiceSelector
{
    /// <summary>The index of the most probable choice.</summary>
    /// <param name="context">The text that the choices belong to.</param>
    /// <param name="choices">The choices, at least two.</param>
    int Choose(string context, IReadOnlyList<string> choices);

    /// <summary>The index of the most probable choice of each question: what <see cref="Choose"/> gives, in less time where the model computes questions together.</summary>
    /// <param name="questions">Each context with its choices.</param>
    /// <param name="cancellationToken">Stops between two questions or batches of them.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IReadOnlyList<int> ChooseBatch(IReadOnlyList<(string Context, IReadOnlyList<string> Choices)> questions, CancellationToken cancellationToken = default) =>
        OneByOne.Ask(questions, question => Choose(question.Context, question.Choices), cancellationToken);
}

/// <summary>Tags each word of a sentence.</summary>
public interface ITagger
{
    /// <summary>The tags.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>One tag a word.</summary>
    /// <param name="words">The words of the sentence.</param>
    IReadOnlyList<string> Tag(IReadOnlyList<string> words);

    /// <summary>One tag a word of each sentence: what <see cref="Tag"/> gives, in less time where the model computes sentences together.</summary>
    /// <param name="sentences">The words of each sentence.</param>
    /// <param name="cancellationToken">Stops between two sentences or batches of them.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IReadOnlyList<IReadOnlyList<string>> TagBatch(IReadOnlyList<IReadOnlyList<string>> sentences, CancellationToken cancellationToken = default) =>
        OneByOne.Ask(sentences, Tag, cancellationToken);
}

/// <summary>A part of a text that may answer a question.</summary>
/// <param name="Place">Its place in the context; null for no answer.</param>
/// <param name="Text">Its characters; empty for no answer.</param>
/// <param name="Probability">From 0 to 1, among the answers that the model considers.</param>
public readonly record struct SpanPrediction(Range? Place, string Text, double Probability);

/// <summary>Extracts the span of a text that answers a question.</summary>
public interface ISpanExtractor
{
    /// <summary>The answer's place in the context, or null where the model finds none.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text that holds the answer.</param>
    Range? Extract(string question, string context);

    /// <summary>The answer of each question: what <see cref="Extract"/> gives, in less time where the model computes questions together.</summary>
    /// <param name="questions">Each question with the text that holds its answer.</param>
    /// <param name="cancellationToken">Stops between two questions or batches of them.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IReadOnlyList<Range?> ExtractBatch(IReadOnlyList<(string Question, string Context)> questions, CancellationToken cancellationToken = default) =>
        OneByOne.Ask(questions, question => Extract(question.Question, question.Context), cancellationToken);
}

/// <summary>The answers of a model that has no faster way than one by one.</summary>
internal static class OneByOne
{
    public static TAnswer[] Ask<TExample, TAnswer>(IReadOnlyList<TExample> examples, Func<TExample, TAnswer> answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var answers = new TAnswer[examples.Count];
        for (int i = 0; i < answers.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            answers[i] = answer(examples[i]);
        }

        return answers;
    }
}
