using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>How answers are searched in passages.</summary>
/// <remarks>The defaults are those of google-research/bert, run_squad.py, in words.</remarks>
public sealed record ElmoSpanOptions
{
    /// <summary>Words from the start of one part of a passage of more than <see cref="ElmoTuningOptions.MaxLength"/> words to the start of the next, at least 1. Default 128.</summary>
    public int DocumentStride { get; init; } = 128;

    /// <summary>The most words of a question, at least 1; what is longer loses its end. Default 64.</summary>
    public int MaxQuestionLength { get; init; } = 64;

    /// <summary>The most words of an answer, at least 1. Default 30.</summary>
    public int MaxAnswerLength { get; init; } = 30;

    /// <summary>How many of the best first and last words of each part make answers, and how many answers are told at most; at least 1. Default 20.</summary>
    public int Candidates { get; init; } = 20;

    /// <summary>By how much the score of no answer must be above that of the best answer for there to be none: the rules of SQuAD 2.0. Default null: every question has an answer, as in SQuAD 1.1.</summary>
    public double? NullThreshold { get; init; }

    internal SpanRules Rules => new(MaxAnswerLength, Candidates, NullThreshold);

    internal void Validate()
    {
        RequireAtLeastOne(DocumentStride, nameof(DocumentStride));
        RequireAtLeastOne(MaxQuestionLength, nameof(MaxQuestionLength));
        RequireAtLeastOne(MaxAnswerLength, nameof(MaxAnswerLength));
        RequireAtLeastOne(Candidates, nameof(Candidates));
        if (NullThreshold is { } threshold && !double.IsFinite(threshold))
            throw new ArgumentException(FormattableString.Invariant($"NullThreshold is {threshold}; it must be finite, or null where every question has an answer (ElmoSpanOptions.NullThreshold)."));
    }

    private static void RequireAtLeastOne(int value, string name)
    {
        if (value < 1) throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it must be at least 1 (ElmoSpanOptions.{name})."));
    }
}
