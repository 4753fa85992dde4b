using NlpPretrain.Text;
using NlpPretrain.Training;

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

    private readonly TaskTexts _texts = new(tokenizer, maxLength, frame: 2, framePair: NewTokens, "GptTuningOptions.MaxLength, GptConfig.ContextLength");

    public Tokenizer Tokenizer => tokenizer;

    public int MaxLength => maxLength;

    public int Start => start;

    public int Delimiter => start + 1;

    public int Extract => start + 2;

    /// <param name="text">The text.</param>
    /// <param name="example">Its number, for the exception, where it is one of several.</param>
    public int[] Text(string? text, int? example = null) => [Start, .. _texts.Text(text, example), Extract];

    public int[] Pair(string? first, string? second, int? example = null)
    {
        (int[] before, int[] behind) = _texts.Pair(first, second, example);
        return [Start, .. before, Delimiter, .. behind, Extract];
    }

    public int[][] Choices(string? context, IReadOnlyList<string>? choices, int? example = null)
    {
        (int[] before, int[][] answers) = _texts.Choices(context, choices, example);
        return [.. answers.Select(answer => (int[])[Start, .. before, Delimiter, .. answer, Extract])];
    }
}
