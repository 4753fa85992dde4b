namespace NlpPretrain.Training;

/// <summary>Extracted answers compared with the right ones, as the official script of SQuAD 2.0 counts.</summary>
/// <remarks>
/// <para>
/// Answers are compared in lower case, without ASCII punctuation and the articles a, an and the, and with single spaces. An answer is exact where it equals one of the right ones; its F1 is the
/// highest of the harmonic means of precision and recall of its words. Where no answer is right, both are 1 for no answer and else 0.
/// </para>
/// <para>
/// Source: Rajpurkar et al. 2016, section 6.1; Rajpurkar et al. 2018. Differs: a Chinese character counts as a word, as in the scripts of the Chinese and multilingual sets; the official
/// script knows words between spaces only, so that the F1 of a Chinese answer would be 0 or 1.
/// </para>
/// </remarks>
/// <param name="Count">Number of questions.</param>
/// <param name="ExactMatch">The part of the answers that is exact, from 0 to 1.</param>
/// <param name="F1">The mean of the answers' F1, from 0 to 1.</param>
public sealed record SpanReport(int Count, double ExactMatch, double F1)
{
    /// <summary>The questions that have an answer; null where none has.</summary>
    public SpanReport? Answerable { get; private init; }

    /// <summary>The questions that have none; null where all have.</summary>
    public SpanReport? Unanswerable { get; private init; }

    /// <summary>Compares answers with the right ones.</summary>
    /// <param name="expected">The right answers of each question; none for a question without an answer.</param>
    /// <param name="predicted">The answer to each question; empty for no answer.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static SpanReport Compare(IReadOnlyList<IReadOnlyList<string>> expected, IReadOnlyList<string> predicted)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(predicted);
        if (expected.Count != predicted.Count) throw new ArgumentException($"There are {predicted.Count} predicted answers for {expected.Count} questions; give one each.", nameof(predicted));
        if (expected.Count == 0) throw new ArgumentException("There is nothing to compare; give at least one.", nameof(expected));

        (bool HasAnswer, double Exact, double F1)[] scores = new (bool, double, double)[expected.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            // An answer that is nothing but an article or punctuation is none, as in the script.
            string[] right = [.. expected[i].Where(answer => SpanScores.Normalize(answer).Length > 0)];
            string[] asked = right.Length == 0 ? [""] : right;
            scores[i] = (expected[i].Count > 0, asked.Max(answer => SpanScores.Exact(answer, predicted[i])), asked.Max(answer => SpanScores.F1(answer, predicted[i])));
        }

        return Mean(scores)! with { Answerable = Mean([.. scores.Where(score => score.HasAnswer)]), Unanswerable = Mean([.. scores.Where(score => !score.HasAnswer)]) };
    }

    private static SpanReport? Mean((bool HasAnswer, double Exact, double F1)[] scores) =>
        scores.Length == 0 ? null : new(scores.Length, scores.Sum(score => score.Exact) / scores.Length, scores.Sum(score => score.F1) / scores.Length);
}
