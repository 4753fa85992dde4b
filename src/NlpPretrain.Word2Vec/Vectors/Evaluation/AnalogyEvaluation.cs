namespace NlpPretrain.Word2Vec;

/// <summary>The word analogy test: how often the best answer to "a is to b as c is to" is the expected word.</summary>
/// <remarks>
/// The words of a question are no answers to it. Unknown words make a question uncounted, not wrong. The cosines of each distinct word
/// with all candidates are computed once, whatever the number of questions it is in.
/// </remarks>
public static class AnalogyEvaluation
{
    /// <summary>Reads a file of questions and asks them.</summary>
    /// <param name="vectors">The words.</param>
    /// <param name="path">A file in the form of questions-words.txt.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="Text.CorpusException">A line is malformed.</exception>
    public static AnalogyResult Run(WordVectors vectors, string path, AnalogyOptions? options = null) => Run(vectors, AnalogyQuestions.Read(path), options);

    /// <summary>Asks questions.</summary>
    /// <param name="vectors">The words.</param>
    /// <param name="sections">The questions.</param>
    /// <param name="options">Null for the defaults.</param>
    public static AnalogyResult Run(WordVectors vectors, IReadOnlyList<AnalogyQuestions> sections, AnalogyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(sections);
        options ??= new AnalogyOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Within);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1);

        int within = Math.Min(options.Within, vectors.Count);
        Dictionary<string, int> firstRows = FirstRows(vectors, within, options.IgnoreCase, out int[] groups);
        var queries = new Dictionary<int, int>();
        var questions = new List<IndexedQuestion>();
        var expected = new List<int>();
        var counts = new (int Asked, int Unknown)[sections.Count];
        for (int section = 0; section < sections.Count; section++)
        {
            foreach (AnalogyQuestion question in sections[section].Questions)
            {
                if (firstRows.TryGetValue(question.A, out int a) && firstRows.TryGetValue(question.B, out int b)
                    && firstRows.TryGetValue(question.C, out int c) && firstRows.TryGetValue(question.Expected, out int answer))
                {
                    questions.Add(new IndexedQuestion(QueryOf(a), QueryOf(b), QueryOf(c), a, b, c));
                    expected.Add(answer);
                    counts[section].Asked++;
                }
                else
                {
                    counts[section].Unknown++;
                }
            }
        }

        int[] answers = Answer(vectors, within, [.. queries.Keys], [.. questions], groups, options);
        return Summarize(sections, counts, [.. answers.Select((row, k) => row >= 0 && groups[row] == expected[k])]);

        int QueryOf(int row)
        {
            queries.TryAdd(row, queries.Count);
            return queries[row];
        }
    }

    private static int[] Answer(WordVectors vectors, int within, int[] words, IndexedQuestion[] questions, int[] groups, AnalogyOptions options) =>
        questions.Length == 0 ? [] : BestAnswersConsumer.Merge(
            CosineScan.Run(vectors, within, vectors.UnitRows(words), options.Workers, () => new BestAnswersConsumer(questions, groups, options.Method)));

    /// <summary>The first row of each word, and by row the first row of its word.</summary>
    private static Dictionary<string, int> FirstRows(WordVectors vectors, int within, bool ignoreCase, out int[] groups)
    {
        var firstRows = new Dictionary<string, int>(within, ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        groups = new int[within];
        for (int row = 0; row < within; row++)
        {
            firstRows.TryAdd(vectors.Words[row], row);
            groups[row] = firstRows[vectors.Words[row]];
        }

        return firstRows;
    }

    private static AnalogyResult Summarize(IReadOnlyList<AnalogyQuestions> sections, (int Asked, int Unknown)[] counts, bool[] isCorrect)
    {
        var results = new AnalogySection[sections.Count];
        int start = 0;
        for (int section = 0; section < results.Length; section++)
        {
            (int asked, int unknown) = counts[section];
            results[section] = new AnalogySection(sections[section].Name, isCorrect.AsSpan(start, asked).Count(true), asked, unknown);
            start += asked;
        }

        return new AnalogyResult(results, new AnalogySection(
            "total", results.Sum(result => result.Correct), results.Sum(result => result.Asked), results.Sum(result => result.Unknown)));
    }
}
