using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>The texts of a task as token ids that fit into a model, without the tokens that the family puts around them.</summary>
/// <remarks>
/// What is too long loses tokens from its end, a pair from the longer text first. Of a multiple choice only the context is cut, and from its beginning, because the question
/// or the last sentence stands at its end.
/// </remarks>
internal sealed class TaskTexts
{
    // Whatever a text says, it is no special token.
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, MatchSpecialTokens = false };

    private readonly EncodeOptions _single, _pair;
    private readonly int _maxLength, _framePair;
    private readonly string _limits;

    /// <param name="tokenizer">The tokenizer of the pretrained model.</param>
    /// <param name="maxLength">The most tokens of a sequence.</param>
    /// <param name="frame">How many of them the family puts around a text.</param>
    /// <param name="framePair">How many of them it puts around and between two texts.</param>
    /// <param name="limits">The options that hold the most tokens, for exceptions.</param>
    public TaskTexts(Tokenizer tokenizer, int maxLength, int frame, int framePair, string limits)
    {
        (Tokenizer, _maxLength, _framePair, _limits) = (tokenizer, maxLength, framePair, limits);
        (_single, _pair) = (Plain with { MaxLength = maxLength - frame }, Plain with { MaxLength = maxLength - framePair });
    }

    public Tokenizer Tokenizer { get; }

    /// <param name="text">The text.</param>
    /// <param name="example">Its number, for the exception, where it is one of several.</param>
    public int[] Text(string? text, int? example = null) => Encode(text, "The text", example, _single);

    public (int[] First, int[] Second) Pair(string? first, string? second, int? example = null)
    {
        TokenizedText pair = Tokenizer.Encode(first, second, _pair);
        int length = pair.SegmentIds.IndexOf(1);
        if (pair.SegmentIds.IndexOf(0) < 0) throw Empty(first, "The first text", example);
        if (length < 0) throw Empty(second, "The second text", example);
        return (pair.Ids[..length].ToArray(), pair.Ids[length..].ToArray());
    }

    /// <summary>The end of the context that fits beside the longest choice, and the choices.</summary>
    public (int[] Context, int[][] Choices) Choices(string? context, IReadOnlyList<string>? choices, int? example = null)
    {
        if (choices is not { Count: >= 2 })
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{(example is { } number ? $"Example {number}" : "The question")} has {choices?.Count ?? 0} choices; it needs at least 2 (ChoiceExample.Choices)."));
        }

        int[] before = Encode(context, "The context", example, Plain);
        int[][] answers = [.. choices.Select((choice, index) => Encode(choice, FormattableString.Invariant($"Choice {index}"), example, Plain))];
        int longest = answers.Index().MaxBy(answer => answer.Item.Length).Index, room = _maxLength - _framePair - answers[longest].Length;
        if (room < 1)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Choice {longest}{Of(example)} has {answers[longest].Length} tokens; with {_framePair} tokens of the task and one of the context it does not fit into ") +
                FormattableString.Invariant($"{_maxLength}, and a choice is not cut ({_limits})."));
        }

        return (before[Math.Max(0, before.Length - room)..], answers);
    }

    /// <summary>The index of the right choice of an example whose choices were encoded.</summary>
    public static int Answer(ChoiceExample example, int index) => example.Answer >= 0 && example.Answer < example.Choices.Count
        ? example.Answer
        : throw new ArgumentException(FormattableString.Invariant(
            $"Example {index} has the answer {example.Answer}; its {example.Choices.Count} choices are 0 to {example.Choices.Count - 1} (ChoiceExample.Answer)."));

    public static ArgumentException Empty(string? text, string name, int? example) =>
        new($"{name}{Of(example)} is {(text is null ? "null" : text.Length == 0 ? "empty" : "without a token")}; the model needs at least one token of it.");

    private static string Of(int? example) => example is { } number ? FormattableString.Invariant($" of example {number}") : "";

    private int[] Encode(string? text, string name, int? example, EncodeOptions options)
    {
        int[] ids = Tokenizer.Encode(text, options).Ids.ToArray();
        return ids.Length > 0 ? ids : throw Empty(text, name, example);
    }
}
