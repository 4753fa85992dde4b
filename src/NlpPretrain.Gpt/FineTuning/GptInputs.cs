using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>Turns the inputs of a task to sequences of token ids.</summary>
/// <remarks>
/// <para>Text: [start; text; extract]. Pair: [start; first; delimiter; second; extract]. Multiple choice: [start; context; delimiter; choice; extract] for each choice.</para>
/// <para>Source: Radford et al. 2018, section 3.3 and Figure 1.</para>
/// </remarks>
/// <param name="tokenizer">The tokenizer of the pretrained model.</param>
/// <param name="start">The id of the start token; those of the delimiter and of the extract token follow.</param>
/// <param name="maxLength">The most tokens of a sequence.</param>
internal sealed class GptInputs(Tokenizer tokenizer, int start, int maxLength)
{
    /// <summary>Start, delimiter and extract.</summary>
    public const int NewTokens = 3;

    /// <summary>The new tokens, and one token of each text of a pair.</summary>
    public const int LeastLength = NewTokens + 2;

    // Whatever a text says, it is no special token.
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, MatchSpecialTokens = false };

    private readonly EncodeOptions _single = Plain with { MaxLength = maxLength - 2 }, _pair = Plain with { MaxLength = maxLength - NewTokens };

    public Tokenizer Tokenizer => tokenizer;

    public int MaxLength => maxLength;

    public int Start => start;

    public int Delimiter => start + 1;

    public int Extract => start + 2;

    /// <param name="text">The text.</param>
    /// <param name="example">Its number, for the exception, where it is one of several.</param>
    public int[] Text(string? text, int? example = null) => [Start, .. Encode(text, "The text", example, _single), Extract];

    public int[] Pair(string? first, string? second, int? example = null)
    {
        TokenizedText pair = tokenizer.Encode(first, second, _pair);
        int length = pair.SegmentIds.IndexOf(1);
        if (pair.SegmentIds.IndexOf(0) < 0) throw Empty(first, "The first text", example);
        if (length < 0) throw Empty(second, "The second text", example);
        return [Start, .. pair.Ids[..length], Delimiter, .. pair.Ids[length..], Extract];
    }

    public int[][] Choices(string? context, IReadOnlyList<string>? choices, int? example = null)
    {
        if (choices is not { Count: >= 2 })
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{(example is { } number ? $"Example {number}" : "The question")} has {choices?.Count ?? 0} choices; it needs at least 2 (ChoiceExample.Choices)."));
        }

        int[] before = Encode(context, "The context", example, Plain);
        int[][] answers = [.. choices.Select((choice, index) => Encode(choice, FormattableString.Invariant($"Choice {index}"), example, Plain))];
        int longest = answers.Index().MaxBy(answer => answer.Item.Length).Index, room = maxLength - NewTokens - answers[longest].Length;
        if (room < 1)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Choice {longest}{Of(example)} has {answers[longest].Length} tokens; with {NewTokens} tokens of the task and one of the context it does not fit into ") +
                FormattableString.Invariant($"{maxLength}, and a choice is not cut (GptTuningOptions.MaxLength, GptConfig.ContextLength)."));
        }

        int[] kept = before[Math.Max(0, before.Length - room)..];                 // the same for every choice
        return [.. answers.Select(answer => (int[])[Start, .. kept, Delimiter, .. answer, Extract])];
    }

    private int[] Encode(string? text, string name, int? example, EncodeOptions options)
    {
        int[] ids = tokenizer.Encode(text, options).Ids.ToArray();
        return ids.Length > 0 ? ids : throw Empty(text, name, example);
    }

    private static ArgumentException Empty(string? text, string name, int? example) =>
        new($"{name}{Of(example)} is {(text is null ? "null" : text.Length == 0 ? "empty" : "without a token")}; the model needs at least one token of it.");

    private static string Of(int? example) => example is { } number ? FormattableString.Invariant($" of example {number}") : "";
}
