namespace NlpPretrain.Gpt;

/// <summary>Why a text ended.</summary>
public enum StopReason
{
    /// <summary>The model chose a stop token.</summary>
    StopToken,

    /// <summary>A stop string came.</summary>
    StopString,

    /// <summary>It has as many tokens as were allowed.</summary>
    Length,
}

/// <summary>What <see cref="GptGenerator"/> wrote behind a prompt.</summary>
/// <param name="Text">The new text, without the prompt, stop tokens, other special tokens, and anything from a stop string on.</param>
/// <param name="Tokens">The new tokens, without the stop token.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Score">The score of a beam: see <see cref="GenerationOptions.LengthPenalty"/>; null without beam search.</param>
public sealed record GeneratedText(string Text, IReadOnlyList<int> Tokens, StopReason Reason, double? Score = null);
