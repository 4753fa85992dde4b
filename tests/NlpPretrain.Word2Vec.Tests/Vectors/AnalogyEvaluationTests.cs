using NlpPretrain.Testing;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class AnalogyEvaluationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(AnalogyMethod.CosAdd, 1)]
    [InlineData(AnalogyMethod.CosAdd, 4)]
    [InlineData(AnalogyMethod.CosMul, 3)]
    public void Counts_agree_with_a_plain_loop(AnalogyMethod method, int workers)
    {
        WordVectors vectors = Made.Random(1_200, 30);
        var random = new Random(11);
        List<AnalogyQuestions> sections = [];
        List<int> correct = [], asked = [];
        for (int section = 0; section < 3; section++)
        {
            var questions = new List<AnalogyQuestion>();
            (int right, int known) = (0, 0);
            for (int k = 0; k < 40; k++)
            {
                int[] words = [random.Next(1_100), random.Next(1_000), random.Next(1_000)];
                int best = Best(vectors, words, 1_000, method);
                int expected = k % 3 == 0 ? random.Next(1_000) : best;
                questions.Add(new AnalogyQuestion($"w{words[0]}", $"w{words[1]}", $"w{words[2]}", $"w{expected}"));
                known += words[0] < 1_000 ? 1 : 0;
                right += words[0] < 1_000 && expected == best ? 1 : 0;
            }

            sections.Add(new AnalogyQuestions($"s{section}", questions));
            (correct, asked) = ([.. correct, right], [.. asked, known]);
        }

        AnalogyResult result = AnalogyEvaluation.Run(vectors, sections, new AnalogyOptions { Method = method, Within = 1_000, Workers = workers });
        result.Sections.Select(section => section.Correct).Should().Equal(correct);
        result.Sections.Select(section => section.Asked).Should().Equal(asked);
        result.Sections.Should().OnlyContain(section => section.Asked + section.Unknown == 40);
        result.Total.Should().Be(new AnalogySection("total", correct.Sum(), asked.Sum(), 120 - asked.Sum()));
        result.Total.Correct.Should().BeInRange(50, 119, "the questions mix right and wrong expectations");
    }

    [Fact]
    public void Answers_are_those_of_single_questions()
    {
        WordVectors vectors = Made.Random(900, 20);
        var questions = Enumerable.Range(0, 100).Select(k => new AnalogyQuestion($"w{k}", $"w{k + 100}", $"w{k + 200}", vectors.Analogy($"w{k}", $"w{k + 100}", $"w{k + 200}", 1)[0].Word));
        AnalogyEvaluation.Run(vectors, [new AnalogyQuestions("all", [.. questions])]).Total.Should().Be(new AnalogySection("total", 100, 100, 0));
    }

    [Fact]
    public void Case_is_folded_to_the_first_word_or_kept()
    {
        // "KING" is the best answer to the last three words of the question, and also the same word as one of them.
        WordVectors vectors = Made.Of(["man", "king", "woman", "KING", "queen", "Queen"], [[1, 0, 0], [1, 1, 0], [0, 0, 1], [0.1f, 1, 1], [0, 0.8f, 1], [5, 0, 0]]);
        AnalogyQuestions[] questions = [new("family", [new AnalogyQuestion("Man", "King", "Woman", "Queen")]), new("exact", [new AnalogyQuestion("man", "king", "woman", "queen")])];

        AnalogyResult folded = AnalogyEvaluation.Run(vectors, questions);
        folded.Sections.Select(section => (section.Correct, section.Asked, section.Unknown)).Should().Equal((1, 1, 0), (1, 1, 0));
        AnalogyResult exact = AnalogyEvaluation.Run(vectors, questions, new AnalogyOptions { IgnoreCase = false });
        exact.Sections.Select(section => (section.Asked, section.Unknown)).Should().Equal((0, 1), (1, 0));
        exact.Sections[1].Correct.Should().Be(vectors.Analogy("man", "king", "woman", 1)[0].Word == "queen" ? 1 : 0);
        exact.Sections[0].Accuracy.Should().Be(0);
    }

    [Fact]
    public void Malformed_lines_are_named()
    {
        string path = _folder.Write("q.txt", ": one\na b c d\n\na b c\n");
        new Action(() => AnalogyQuestions.Read(path)).Should().Throw<CorpusException>().WithMessage($"{path}, line 4: expected four words*found \"a b c\".");
        File.WriteAllBytes(path, [.. ": one\na b c "u8, 0xFF, (byte)'\n']);
        new Action(() => AnalogyQuestions.Read(path)).Should().Throw<CorpusException>().WithMessage("*UTF-8*");
        AnalogyQuestions.Read(_folder.Write("r.txt", "a b c d\n: two \r\n e\tf g h\r\n")).Should().BeEquivalentTo(
            [new AnalogyQuestions("", [new("a", "b", "c", "d")]), new AnalogyQuestions("two", [new("e", "f", "g", "h")])]);
    }

    [Theory]
    [InlineData("word2vec-questions/questions-words.txt", 14, 19_544)]
    [InlineData("word2vec-questions/questions-phrases.txt", 5, 3_218)]
    [InlineData("zh-word-eval/CA8/semantic.txt", 0, 0)]
    [InlineData("zh-word-eval/CA8/morphological.txt", 0, 0)]
    [InlineData("zh-word-eval/CWE/analogy.txt", 0, 0)]
    public void Published_questions_are_read(string file, int sections, int questions)
    {
        string path = TestData.File(file.Split('/'));
        IReadOnlyList<AnalogyQuestions> read = AnalogyQuestions.Read(path);
        string[] lines = File.ReadAllLines(path);
        read.Should().HaveCount(lines.Count(line => line.StartsWith(':')));
        read.Sum(section => section.Questions.Count).Should().Be(lines.Count(line => line.Trim().Length > 0 && !line.StartsWith(':')));
        if (sections > 0)
        {
            (read.Count, read.Sum(section => section.Questions.Count)).Should().Be((sections, questions));
        }
    }

    public void Dispose() => _folder.Dispose();

    private static int Best(WordVectors vectors, int[] question, int within, AnalogyMethod method) => Made.Ranked(within, x =>
    {
        double[] cosines = [.. question.Select(word => Made.Cosine(vectors.Row(x), vectors.Row(word)))];
        return method == AnalogyMethod.CosAdd ? cosines[1] - cosines[0] + cosines[2] : (cosines[1] + 1) / 2 * (cosines[2] + 1) / 2 / ((cosines[0] + 1) / 2 + 0.001);
    }, question)[0];
}
