using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Benchmarks;

/// <summary>As many analogies as questions-words.txt has, over vectors of the size that its usual figures are given for.</summary>
internal static class AnalogySuite
{
    private const int Words = 30_000, Dimensions = 100, Questions = 19_544, DistinctWords = 905;

    public static void Run(bool quick)
    {
        WordVectors vectors = RandomVectors.Create(Words, Dimensions);
        var random = new Random(2);
        string Word() => $"w{random.Next(DistinctWords) * 33}";
        AnalogyQuestion[] questions = [.. Enumerable.Range(0, quick ? Questions / 4 : Questions).Select(_ => new AnalogyQuestion(Word(), Word(), Word(), Word()))];
        foreach (AnalogyMethod method in Enum.GetValues<AnalogyMethod>())
        {
            Check(vectors, questions, method);
            double best = double.PositiveInfinity;
            for (int round = 0; round < 3; round++)
            {
                long start = Stopwatch.GetTimestamp();
                AnalogyEvaluation.Run(vectors, [new AnalogyQuestions("", questions)], new AnalogyOptions { Method = method });
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FIGURE analogies/{method} {best:F2} seconds goal 2.0"));
        }
    }

    /// <summary>Expects of some questions what a search for each alone answers.</summary>
    private static void Check(WordVectors vectors, AnalogyQuestion[] questions, AnalogyMethod method)
    {
        AnalogyQuestion[] answered = [.. questions.Take(200).Select(question => question with { Expected = vectors.Analogy(question.A, question.B, question.C, 1, method)[0].Word })];
        AnalogySection total = AnalogyEvaluation.Run(vectors, [new AnalogyQuestions("", answered)], new AnalogyOptions { Method = method }).Total;
        if (total.Correct != answered.Length)
        {
            throw new InvalidOperationException($"{method}: {total.Correct} of {answered.Length} answers are those of single searches.");
        }
    }
}
