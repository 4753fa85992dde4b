using System.Security.Cryptography;
using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed class UnigramTrainerTests
{
    private static readonly UnigramTrainerOptions Small = new() { VocabularySize = 150, CharacterCoverage = 1 };

    [Fact]
    public void Expected_numbers_are_those_of_all_ways()
    {
        Random random = new(5);
        for (int round = 0; round < 100; round++)
        {
            string word = UnigramReference.RandomText(random, random.Next(1, 9));
            string[] pieces = [.. Enumerable.Range(0, 200).Select(_ => Part(random, word)).Concat(word.Select(unit => unit.ToString())).Distinct().Order(StringComparer.Ordinal)];
            double[] scores = [.. pieces.Select(_ => -30 * random.NextDouble())];
            double[] expected = new double[pieces.Length], found = new double[pieces.Length];
            double total = 0;
            foreach (List<(int Id, int Length)> way in UnigramReference.Ways(word, piece => Array.IndexOf(pieces, piece), -1))
            {
                double probability = Math.Exp(way.Sum(piece => scores[piece.Id]));
                total += probability;
                foreach ((int id, _) in way) expected[id] += 3 * probability;
            }

            UnigramLattice lattice = new();
            lattice.Set(word, new PieceTrie(pieces), scores);
            double logTotal = lattice.AddExpected(3, found);

            Assert.Equal(Math.Log(total), logTotal, 1e-9);
            for (int i = 0; i < pieces.Length; i++) Assert.Equal(expected[i] / total, found[i], 1e-9);
        }
    }

    [Fact]
    public void Seeds_are_the_repeated_substrings_that_go_on_in_several_ways()
    {
        string[] words = ["banana", "bandana", "\U0001F600\U0001F601x", "\U0001F600\U0001F601y"];
        WordTable table = new();
        foreach (string word in words) table.Add(word, 2);
        int[] all = UnigramFragments.Cover(table, 1);
        (string[] pieces, double[] scores) = UnigramSeeds.Find(UnigramFragments.Of(table, all, splitByScript: false), new UnigramTrainerOptions { LongestPiece = 5 }, new ParallelOptions());

        Dictionary<string, long> expected = [];
        foreach (string text in words.SelectMany(Substrings).Distinct())
        {
            long occurrences = words.Sum(word => Places(word, text).Count() * 2L);
            HashSet<string> next = [.. words.SelectMany(word => Places(word, text).Select(at => After(word, at + text.Length)))];
            int length = text.EnumerateRunes().Count();
            bool ends = next.Contains("");
            if (length == 1 || length <= 5 && (next.Count > 1 || ends || length == 5)) expected[text] = occurrences * length;
        }

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), pieces);
        for (int i = 0; i < pieces.Length; i++) Assert.Equal(Math.Log(expected[pieces[i]] / (double)expected.Values.Sum()), scores[i], 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void The_model_does_not_depend_on_the_workers(int workers)
    {
        ListCorpus corpus = new([.. Enumerable.Range(0, 2500).Select(i => Sentence(new Random(i)))]);
        UnigramModel one = UnigramTrainer.Train(corpus, Small with { VocabularySize = 900, Workers = 1 });

        Assert.Equal(one.Pieces, UnigramTrainer.Train(corpus, Small with { VocabularySize = 900, Workers = workers }).Pieces);
        Assert.Equal(900, one.Count);
    }

    [Fact]
    public void Frequent_words_and_all_characters_are_pieces()
    {
        ListCorpus corpus = new([.. Enumerable.Range(0, 300).Select(i => "the cat sat on the mat with a hat and q" + (char)('a' + i % 26))]);
        UnigramModel model = UnigramTrainer.Train(corpus, Small);

        foreach (string piece in new[] { "▁the", "▁cat", "q", "z", "▁" }) Assert.True(model.TryGetId(piece, out _), piece);
        Assert.Equal(["<unk>", "<s>", "</s>"], model.Pieces.Take(3).Select(piece => piece.Text));
        Assert.Equal(0, model.UnknownId);
        Assert.True(model.Pieces.Skip(3).Zip(model.Pieces.Skip(4)).All(pair => pair.First.Score >= pair.Second.Score));
    }

    [Fact]
    public void Rare_characters_are_unknown_and_scripts_are_not_mixed()
    {
        ListCorpus corpus = new([.. Enumerable.Range(0, 200).Select(i => "abc123中文 abc123中文 " + (i == 7 ? "€" : "abc"))]);
        UnigramModel model = UnigramTrainer.Train(corpus, Small with { CharacterCoverage = 0.9995 });

        Assert.False(model.TryGetId("€", out _));
        Assert.True(model.TryGetId("▁abc", out _));
        Assert.True(model.TryGetId("123", out _));
        Assert.True(model.TryGetId("中文", out _));
        Assert.DoesNotContain(model.Pieces, piece => piece.Text.Contains("c1", StringComparison.Ordinal) || piece.Text.Contains("3中", StringComparison.Ordinal));
        Assert.True(UnigramTrainer.Train(corpus, Small with { SplitByScript = false }).TryGetId("▁abc123中文", out _));
    }

    [Fact]
    public void Chinese_reviews_keep_their_words()
    {
        string path = TestData.File("zh-reviews", "eprstmt.unlabeled.jsonl");
        InMemoryCorpus corpus = new(File.ReadLines(path).Take(400));
        UnigramModel model = UnigramTrainer.Train(corpus, new UnigramTrainerOptions { VocabularySize = 3000, CharacterCoverage = 0.9995 });

        Assert.Equal(3000, model.Count);
        foreach (string word in new[] { "不错", "质量" }) Assert.True(model.TryGetId(word, out _), word);
        Assert.All(model.Pieces.Skip(3), piece => Assert.InRange(piece.Text.EnumerateRunes().Count(), 1, 16));
    }

    [Fact]
    public void Progress_is_told_and_cancellation_stops()
    {
        ListCorpus corpus = new([.. Enumerable.Range(0, 500).Select(i => Sentence(new Random(i)))]);
        using CancellationTokenSource source = new();
        Reports reports = new(report =>
        {
            if (report.Stage == "pruning") source.Cancel();
        });

        Assert.ThrowsAny<OperationCanceledException>(() => UnigramTrainer.Train(corpus, Small, progress: reports, cancellationToken: source.Token));
        Assert.Equal(["reading", "seeding", "pruning"], reports.Stages);

        Reports all = new(_ => { });
        UnigramTrainer.Train(corpus, Small, progress: all);
        Assert.Equal("done", all.Stages[^1]);
        Assert.True(all.Stages.Count(stage => stage == "pruning") > 1);
    }

    [Fact]
    public void Bad_options_and_text_are_refused()
    {
        ListCorpus corpus = new("abcdefghij");
        Assert.Throws<ArgumentException>(() => UnigramTrainer.Train(corpus, Small with { ShrinkingFactor = 1 }));
        Assert.Throws<ArgumentException>(() => UnigramTrainer.Train(corpus, Small with { CharacterCoverage = 0 }));
        Assert.Throws<ArgumentException>(() => UnigramTrainer.Train(corpus, Small with { SpecialTokens = ["<s>"] }));
        Assert.Throws<ArgumentException>(() => UnigramTrainer.Train(corpus, Small with { VocabularySize = 3 }));
        Assert.Throws<CorpusException>(() => UnigramTrainer.Train(corpus, Small with { VocabularySize = 12 }));
        Assert.Throws<CorpusException>(() => UnigramTrainer.Train(new ListCorpus("  "), Small));
    }

    [Theory]
    [InlineData(-700.5)]
    [InlineData(-20.25)]
    [InlineData(-1e-9)]
    [InlineData(0)]
    [InlineData(3.5)]
    public void The_exponential_is_exact(double x) => Assert.Equal(1, PortableExp.Of(x) / Math.Exp(x), 1e-14);

    [Theory]
    [InlineData(1, -0.57721566490153286)]
    [InlineData(0.5, -1.9635100260214235)]
    [InlineData(10, 2.2517525890667211)]
    public void Digamma_is_exact(double x, double expected) => Assert.Equal(expected, LogSum.Digamma(x), 1e-9);

    [Fact]
    public void The_bits_are_the_same_everywhere()
    {
        ListCorpus corpus = new([.. Enumerable.Range(0, 300).Select(i => Sentence(new Random(i)))]);
        string text = string.Join('\n', UnigramTrainer.Train(corpus, Small).Pieces.Select(piece => $"{piece.Text} {BitConverter.DoubleToInt64Bits(piece.Score)}"));

        Assert.Equal("6E9882757CA64865", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]);
    }

    private static string Sentence(Random random)
    {
        string[] parts = ["un", "do", "ing", "read", "er", "token", "ize", "s", "中", "国", "人", "x"];
        return string.Join(' ', Enumerable.Range(0, 12).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => parts[random.Next(parts.Length)]))));
    }

    private static string Part(Random random, string word)
    {
        int start = random.Next(word.Length);
        return word.Substring(start, random.Next(1, word.Length - start + 1));
    }

    private static IEnumerable<string> Substrings(string word)
    {
        string[] runes = [.. word.EnumerateRunes().Select(rune => rune.ToString())];
        for (int start = 0; start < runes.Length; start++)
        {
            for (int end = start + 1; end <= runes.Length; end++) yield return string.Concat(runes[start..end]);
        }
    }

    private static IEnumerable<int> Places(string word, string text)
    {
        for (int at = word.IndexOf(text, StringComparison.Ordinal); at >= 0; at = word.IndexOf(text, at + 1, StringComparison.Ordinal)) yield return at;
    }

    private static string After(string word, int at) => at == word.Length ? "" : Rune.GetRuneAt(word, at).ToString();

    private sealed class Reports(Action<TokenizerTrainingProgress> react) : IProgress<TokenizerTrainingProgress>
    {
        public List<string> Stages { get; } = [];

        public void Report(TokenizerTrainingProgress value)
        {
            Stages.Add(value.Stage);
            react(value);
        }
    }
}
