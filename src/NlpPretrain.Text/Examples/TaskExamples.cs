namespace NlpPretrain.Text;

/// <summary>A text and its class.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">The class.</param>
public sealed record TextExample(string Text, string Label);

/// <summary>A pair of texts and the class of the pair.</summary>
/// <param name="First">The premise, or the first text.</param>
/// <param name="Second">The hypothesis, or the second text.</param>
/// <param name="Label">The class.</param>
public sealed record PairExample(string First, string Second, string Label);

/// <summary>A pair of texts and a graded similarity.</summary>
/// <param name="First">A text.</param>
/// <param name="Second">A text.</param>
/// <param name="Score">The similarity, on the scale of the data set.</param>
public sealed record ScoredPairExample(string First, string Second, double Score);

/// <summary>A context, its possible continuations or answers, and the right one.</summary>
/// <param name="Context">The context.</param>
/// <param name="Choices">At least two choices.</param>
/// <param name="Answer">Index of the right choice.</param>
public sealed record ChoiceExample(string Context, IReadOnlyList<string> Choices, int Answer);

/// <summary>A sentence and one tag a word.</summary>
/// <param name="Words">The words.</param>
/// <param name="Tags">The tags, as many as words.</param>
public sealed record TaggedExample(IReadOnlyList<string> Words, IReadOnlyList<string> Tags);

/// <summary>A question, a context, and the answers as spans of the context.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text that holds the answer.</param>
/// <param name="Answers">Places of the accepted answers in the context; empty for a question without an answer.</param>
public sealed record SpanExample(string Question, string Context, IReadOnlyList<Range> Answers);
