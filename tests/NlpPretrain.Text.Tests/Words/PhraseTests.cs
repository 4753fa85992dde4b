using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed class PhraseTests
{
    private static readonly WhitespaceTokenizer Tokenizer = new();

    [Fact]
    public void Joins_from_left_to_right_within_sentences()
    {
        PhraseTokenizer tokenizer = new(new WordTokenizer(), [new(1, "a", "b", 2), new(1, "b", "c", 1), new(1, "x", "x", 1), new(2, "a_b", "c", 1)]);

        tokenizer.Cut("a b c! b c! a! b x x x d b c").Should().Be("a_b_c | b_c | a | b x_x x d b_c");
        tokenizer.Cut("").Should().Be("");
        new PhraseTokenizer(Tokenizer, []).Cut("a b").Should().Be("a b");
        new PhraseTokenizer(tokenizer, [new(1, "d", "b_c", 1)], "+").Cut("a b c d b c").Should().Be("a_b_c d+b_c");
    }

    [Theory]
    [InlineData(PhraseScore.Original, 2.0, null, 1)]
    [InlineData(PhraseScore.Original, 1.0, 0.0, 3)]
    [InlineData(PhraseScore.NormalizedPmi, 0.2, null, 2)]
    public void Finds_the_phrases_that_a_plain_count_finds(PhraseScore score, double threshold, double? discount, int rounds)
    {
        Random random = new(31);
        string[] lines = [.. Enumerable.Range(0, 400).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => RandomPiece(random))))];
        PhraseOptions options = new() { Score = score, Threshold = threshold, Discount = discount, MinCount = 3, Rounds = rounds, Delimiter = "~" };

        PhraseTokenizer one = Learn(lines, options, 1);

        one.Phrases.Count.Should().BeGreaterThan(5);
        List<Phrase> expected = [];
        string[][] read = [.. lines.Select(line => line.Split(' '))];
        for (int round = 1; round <= rounds; round++)
        {
            List<Phrase> found = PlainPhrases(read, options, round);
            expected.AddRange(found);
            read = [.. read.Select(words => PlainJoin(words, found, "~"))];
        }

        one.Phrases.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder(Comparer<Phrase>.Create((a, b) => (a.Round, -a.Score).CompareTo((b.Round, -b.Score))));
        InOrder(one.Phrases).Select(phrase => (phrase.Round, phrase.First, phrase.Second)).Should().Equal(InOrder(expected).Select(phrase => (phrase.Round, phrase.First, phrase.Second)));
        InOrder(one.Phrases).Zip(InOrder(expected)).Should().OnlyContain(pair => Math.Abs(pair.First.Score - pair.Second.Score) < 1e-12 * Math.Abs(pair.Second.Score) + 1e-14);
        for (int i = 0; i < lines.Length; i++) one.Cut(lines[i]).Should().Be(string.Join(' ', read[i]));
        foreach (int workers in new[] { 2, 5 }) Learn(lines, options, workers).Phrases.Should().Equal(one.Phrases);
        Learn(lines, options with { MaxPairs = 100_000 }, 5).Phrases.Should().Equal(one.Phrases, "a limit that is not reached changes nothing");
    }

    [Fact]
    public void A_limit_forgets_rare_pairs_and_keeps_frequent_ones()
    {
        Random random = new(32);
        string[] lines = [.. Enumerable.Range(0, 2000).Select(_ => $"new york {random.Next(70)} {random.Next(70)} x{random.Next(70)} y{random.Next(70)}")];
        PhraseOptions options = new() { MinCount = 2, Threshold = 1, Discount = 0, MaxPairs = 1000 };

        PhraseTokenizer limited = Learn(lines, options, 3);

        limited.Phrases.Should().Contain(phrase => phrase.First == "new" && phrase.Second == "york");
        limited.Phrases.Count.Should().BeLessThan(Learn(lines, options with { MaxPairs = null }, 3).Phrases.Count);
        Learn(lines, options, 1).Phrases.Should().Equal(limited.Phrases);

        PairTable table = new(1000);
        int most = 0;
        for (int i = 0; i < 100_000; i++)
        {
            table.Add(i % 7 == 0 ? 1 : i, 2);
            most = Math.Max(most, table.Count);
        }

        most.Should().BeInRange(900, 1000);

        table.Pairs().Single(pair => pair.First == 1).Count.Should().Be(100_000 / 7 + 2);
    }

    [Theory]
    [InlineData(500, 500)]
    [InlineData(100, 0)]
    public void A_full_table_forgets_the_lowest_counts_until_a_quarter_is_free(int once, int left)
    {
        PairTable table = new(1000);
        for (int i = 0; i < 1000; i++) table.Add(i, i, i < once ? 1 : 2);
        table.Count.Should().Be(1000);

        table.Add(1000, 1000);

        table.Count.Should().Be(left);
        table.Pairs().Count(pair => pair.First >= once && pair.First == pair.Second && pair.Count == 2).Should().Be(left);
    }

    [Fact]
    public void Finds_phrases_of_a_real_corpus()
    {
        string[] lines = File.ReadAllLines(TestData.File("wikitext2", "valid.txt"));

        PhraseTokenizer tokenizer = Learn(lines, new() { Score = PhraseScore.NormalizedPmi, Rounds = 2 }, 2);

        tokenizer.Phrases.Should().Contain(phrase => phrase.First == "United" && phrase.Second == "States");
        tokenizer.Phrases.Should().OnlyContain(phrase => phrase.Score > 0.5 && phrase.Score <= 1);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("fa-IR")]
    public void Saved_phrases_are_loaded_again_in_any_culture(string culture) => TokenizerTesting.InCulture(culture, () =>
    {
        using TemporaryFolder folder = new();
        Phrase[] phrases = [new(1, "new", "york", 1234.56789), new(1, "中国", "𠀀", -0.1), new(2, "new·york", "#times", 1e-300)];
        PhraseTokenizer tokenizer = new(Tokenizer, phrases, "·");

        tokenizer.Save(folder.File("phrases.txt"));
        PhraseTokenizer loaded = PhraseTokenizer.Load(folder.File("phrases.txt"), Tokenizer);

        loaded.Phrases.Should().Equal(phrases);
        loaded.Delimiter.Should().Be("·");
        loaded.Cut("in new york #times").Should().Be("in new·york·#times");
        File.ReadAllText(folder.File("phrases.txt")).Should().StartWith("delimiter ·\n1 new york 1234.56789\n");
    });

    [Theory]
    [InlineData("", "phrases is empty*")]
    [InlineData("1 a b 2\n", "phrases, line 1: expected 'delimiter '*")]
    [InlineData("delimiter \n", "phrases, line 1: expected 'delimiter '*")]
    [InlineData("delimiter _ _\n", "phrases, line 1: expected 'delimiter '*")]
    [InlineData("delimiter _\n1 a b\n", "phrases, line 2: expected a round, two words and a score*'1 a b'.")]
    [InlineData("delimiter _\n1 a b c 2\n", "phrases, line 2: expected a round, two words and a score*")]
    [InlineData("delimiter _\n\n", "phrases, line 2: expected a round, two words and a score*")]
    [InlineData("delimiter _\n0 a b 2\n", "phrases, line 2: expected a round of 1 or more*")]
    [InlineData("delimiter _\n9999999999 a b 2\n", "phrases, line 2: expected a round of 1 or more*")]
    [InlineData("delimiter _\n1 a  2\n", "phrases, line 2: expected two words*")]
    [InlineData("delimiter _\n1 a b 2,5\n", "phrases, line 2: expected a finite score*")]
    [InlineData("delimiter _\n1 a b NaN\n", "phrases, line 2: expected a finite score*")]
    [InlineData("delimiter _\n1 a b 2\n2 a b 2\n1 a b 3\n", "phrases, line 4: expected phrases that are all different*")]
    public void A_bad_file_is_an_error_that_names_the_line(string content, string message)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(content));
        FluentActions.Invoking(() => PhraseTokenizer.Load(stream, "phrases", Tokenizer)).Should().Throw<CorpusException>().WithMessage(message);
    }

    [Fact]
    public void Options_and_phrases_out_of_range_are_refused()
    {
        foreach ((PhraseOptions options, string name) in new (PhraseOptions, string)[]
        {
            (new() { MinCount = 0 }, "MinCount"), (new() { Rounds = 0 }, "Rounds"), (new() { MaxPairs = 1 }, "MaxPairs"), (new() { Delimiter = " " }, "Delimiter"),
            (new() { Delimiter = "" }, "Delimiter"), (new() { Discount = -1 }, "Discount"), (new() { Threshold = double.NaN }, "Threshold"), (new() { Score = (PhraseScore)7 }, "Score"),
        })
        {
            FluentActions.Invoking(() => Learn(["a"], options, 1)).Should().Throw<ArgumentException>().WithMessage($"*PhraseOptions.{name}*");
        }

        FluentActions.Invoking(() => Learn(["a"], new(), 1)).Should().Throw<CorpusException>().WithMessage("*PhraseOptions.MinCount*");
        foreach (Phrase phrase in new Phrase[] { new(0, "a", "b", 1), new(1, "", "b", 1), new(1, "a", "b c", 1), new(1, "\uD800", "b", 1) })
            FluentActions.Invoking(() => new PhraseTokenizer(Tokenizer, [phrase])).Should().Throw<ArgumentException>();
    }

    private static PhraseTokenizer Learn(string[] lines, PhraseOptions options, int workers) =>
        PhraseDetector.Learn(new ListCorpus(lines), Tokenizer, options, workers, TestContext.Current.CancellationToken);

    /// <summary>A word, or two or three that often stand together.</summary>
    private static string RandomPiece(Random random) => random.Next(6) switch
    {
        0 => "new york",
        1 => random.Next(2) == 0 ? "los angeles" : "los angeles times",
        2 => $"p{random.Next(8)} q{random.Next(3)}",
        _ => $"w{(int)(20 * random.NextDouble() * random.NextDouble())}",
    };

    private static IEnumerable<Phrase> InOrder(IEnumerable<Phrase> phrases) =>
        phrases.OrderBy(phrase => phrase.Round).ThenBy(phrase => phrase.First, StringComparer.Ordinal).ThenBy(phrase => phrase.Second, StringComparer.Ordinal);

    private static List<Phrase> PlainPhrases(string[][] sentences, PhraseOptions options, int round)
    {
        Dictionary<string, double> words = [];
        Dictionary<(string, string), double> pairs = [];
        foreach (string[] sentence in sentences)
        {
            for (int i = 0; i < sentence.Length; i++)
            {
                words[sentence[i]] = words.GetValueOrDefault(sentence[i]) + 1;
                if (i > 0) pairs[(sentence[i - 1], sentence[i])] = pairs.GetValueOrDefault((sentence[i - 1], sentence[i])) + 1;
            }
        }

        double all = words.Values.Sum();
        List<Phrase> found = [];
        foreach (((string a, string b), double count) in pairs)
        {
            if (count < options.MinCount) continue;
            double score = options.Score == PhraseScore.Original
                ? (count - (options.Discount ?? options.MinCount)) * all / (words[a] * words[b])
                : Math.Log(count / all / (words[a] / all * (words[b] / all))) / -Math.Log(count / all);
            if (score > options.Threshold) found.Add(new Phrase(round, a, b, score));
        }

        return found;
    }

    private static string[] PlainJoin(string[] words, List<Phrase> phrases, string delimiter)
    {
        List<string> joined = [];
        for (int i = 0; i < words.Length; i++)
        {
            if (i + 1 < words.Length && phrases.Exists(phrase => phrase.First == words[i] && phrase.Second == words[i + 1])) joined.Add(words[i] + delimiter + words[++i]);
            else joined.Add(words[i]);
        }

        return [.. joined];
    }
}
