namespace NlpPretrain.Training;

/// <summary>The rules of a search: the most tokens of an answer, how many of the best tokens are paired, and by how much no answer must win; null where there always is one.</summary>
internal readonly record struct SpanRules(int MaxAnswerLength, int Candidates, double? NullThreshold);

/// <summary>The best answers, from the scores of first and last tokens.</summary>
/// <remarks>
/// <para>
/// An answer scores s_first + s_last. In each part the best first and last tokens are paired: the last not before the first, within the most tokens of an answer, the first where it has
/// the most context. No answer scores what the first token, a special one, has as both, the lowest of the parts; it is told where it beats the best answer by more than the threshold.
/// </para>
/// <para>
/// Source: Devlin et al. 2019, sections 4.2 and 4.3; google-research/bert, run_squad.py. Differs: only tokens of the passage are among the best ones, and an answer's
/// characters are those of its tokens, where the original goes to whole words and looks for them in the text again.
/// </para>
/// </remarks>
internal static class SpanSearch
{
    private const int ScoresOfToken = 2;

    private readonly record struct Candidate(double Score, int First, int Last);

    /// <summary>The answers, the most probable first; no answer is one of them where there may be none.</summary>
    /// <param name="document">The question and its passage.</param>
    /// <param name="scores">For each part the scores of its sequence's tokens, as first and as last, beside each other.</param>
    /// <param name="rules">The rules.</param>
    public static SpanPrediction[] Answers(SpanDocument document, ReadOnlySpan<float[]> scores, SpanRules rules)
    {
        List<Candidate> candidates = [];
        double none = double.PositiveInfinity;
        for (int window = 0; window < scores.Length; window++)
        {
            Collect(document, window, scores[window], rules, candidates);
            none = Math.Min(none, (double)scores[window][0] + scores[window][1]);
        }

        List<(Range? Place, string Text, double Score)> answers = [];
        HashSet<string> texts = [];
        foreach (Candidate candidate in candidates.OrderByDescending(static candidate => candidate.Score))            // stable: of equals the first found
        {
            if (answers.Count == rules.Candidates) break;
            Range place = document.PlaceOf(candidate.First, candidate.Last);
            string text = document.Context[place];
            if (texts.Add(text)) answers.Add((place, text, candidate.Score));
        }

        if (rules.NullThreshold is { } threshold) Insert(answers, none, threshold);
        if (answers.Count == 0) return [];

        double highest = answers.Max(static answer => answer.Score);
        double[] probabilities = new double[answers.Count];
        Softmax.Probabilities([.. answers.Select(answer => (float)(answer.Score - highest))], probabilities);
        return [.. answers.Select((answer, index) => new SpanPrediction(answer.Place, answer.Text, probabilities[index]))];
    }

    private static void Collect(SpanDocument document, int index, float[] scores, SpanRules rules, List<Candidate> candidates)
    {
        SpanWindow window = document.Windows[index];
        int[] firsts = Best(window, scores, 0, rules.Candidates, token => document.HasMostContext(index, token));
        int[] lasts = Best(window, scores, 1, rules.Candidates, static _ => true);
        foreach (int first in firsts)
        {
            foreach (int last in lasts)
            {
                if (last < first || last - first + 1 > rules.MaxAnswerLength) continue;
                candidates.Add(new Candidate((double)ScoreOf(window, scores, first, 0) + ScoreOf(window, scores, last, 1), first, last));
            }
        }
    }

    /// <summary>The tokens with the highest scores as first or as last; of equals those before.</summary>
    private static int[] Best(SpanWindow window, float[] scores, int which, int count, Func<int, bool> isAllowed) =>
        [.. Enumerable.Range(window.First, window.Count).Where(isAllowed).OrderByDescending(token => ScoreOf(window, scores, token, which)).Take(count)];

    private static float ScoreOf(SpanWindow window, float[] scores, int token, int which) => scores[ScoresOfToken * (window.Offset + token - window.First) + which];

    /// <summary>Puts no answer before all others where it wins, and else behind those that score as much.</summary>
    private static void Insert(List<(Range? Place, string Text, double Score)> answers, double none, double threshold)
    {
        bool wins = answers.Count == 0 || none - answers[0].Score > threshold;
        int place = wins ? 0 : Math.Max(1, answers.FindLastIndex(answer => answer.Score >= none) + 1);
        answers.Insert(place, (null, "", none));
    }
}
