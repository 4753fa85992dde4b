using NlpPretrain.Testing;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class WordPairEvaluationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Correlations_are_those_of_a_plain_loop()
    {
        WordVectors vectors = Made.Random(60, 8);
        var random = new Random(13);
        WordPair[] pairs = [.. Enumerable.Range(0, 80).Select(_ => new WordPair($"w{random.Next(70)}", $"w{random.Next(60)}", random.Next(6)))];
        WordPair[] known = [.. pairs.Where(pair => vectors.Contains(pair.First))];
        double[] cosines = [.. known.Select(pair => Made.Cosine(vectors[pair.First], vectors[pair.Second]))], scores = [.. known.Select(pair => pair.Score)];

        WordPairResult result = WordPairEvaluation.Run(vectors, pairs);
        (result.Covered, result.Unknown).Should().Be((known.Length, 80 - known.Length));
        result.Unknown.Should().BePositive();
        result.Pearson.Should().BeApproximately(Pearson(cosines, scores), 1e-6);
        result.Spearman.Should().BeApproximately(Pearson(Ranks(cosines), Ranks(scores)), 1e-6);
    }

    [Fact]
    public void Lower_case_helps_where_it_may()
    {
        WordVectors vectors = Made.Random(5, 3);
        WordPair[] pairs = [new("W1", "w2", 1), new("w3", "W4", 2), new("w0", "w1", 3)];
        WordPairEvaluation.Run(vectors, pairs).Covered.Should().Be(3);
        WordPairResult exact = WordPairEvaluation.Run(vectors, pairs, ignoreCase: false);
        (exact.Covered, exact.Unknown, double.IsNaN(exact.Spearman)).Should().Be((1, 2, true));
    }

    [Fact]
    public void Tabs_commas_spaces_titles_and_comments_are_read() =>
        WordPairEvaluation.Read(_folder.Write("p", "Word 1,Word 2,Human (mean)\n# remark\ntiger,cat,7.35\r\nNew York\tcity\t 8 \n\nlove  sex 6.77\n"))
            .Should().Equal(new WordPair("tiger", "cat", 7.35), new WordPair("New York", "city", 8), new WordPair("love", "sex", 6.77));

    [Theory]
    [InlineData("a\tb\t1\na\tb\n", 2)]
    [InlineData("a\tb\tx1\n", 1)]
    [InlineData("a b 1\na b c\n", 2)]
    [InlineData("a b 1\n\na b NaN\n", 3)]
    [InlineData("a b 1\na,,3\n", 2)]
    [InlineData("a b\n", 1)]
    public void Malformed_lines_are_named(string text, int line)
    {
        string path = _folder.Write("p", text);
        new Action(() => WordPairEvaluation.Read(path)).Should().Throw<CorpusException>().WithMessage($"{path}, line {line}: expected two words and a number*");
    }

    [Theory]
    [InlineData("en-word-sim/EN-WS-353-ALL.txt", 353)]
    [InlineData("en-word-sim/EN-WS-353-SIM.txt", 203)]
    [InlineData("en-word-sim/EN-WS-353-REL.txt", 252)]
    [InlineData("zh-word-eval/CWE/240.txt", 240)]
    [InlineData("zh-word-eval/CWE/297.txt", 297)]
    public void Published_pairs_are_read(string file, int pairs) => WordPairEvaluation.Read(TestData.File(file.Split('/'))).Should().HaveCount(pairs);

    public void Dispose() => _folder.Dispose();

    private static double[] Ranks(double[] values) => [.. values.Select(value => values.Count(other => other < value) + (values.Count(other => other == value) + 1) / 2.0)];

    private static double Pearson(double[] x, double[] y)
    {
        (double mx, double my) = (x.Average(), y.Average());
        double xy = x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum();
        return xy / Math.Sqrt(x.Sum(a => (a - mx) * (a - mx)) * y.Sum(b => (b - my) * (b - my)));
    }
}
