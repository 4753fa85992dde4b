using System.Diagnostics;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed class WordPieceTrainerTests
{
    private const string Prefix = "##";

    [Theory]
    [InlineData(1, 40, 300)]
    [InlineData(2, 200, 400)]
    [InlineData(3, 1000, 500)]
    [InlineData(5, 3000, 2000)]
    public void ThePiecesAreThoseOfRescansOfAllWords(int minimumFrequency, int words, int size)
    {
        string text = RandomText(words, seed: words);
        WordPieceTrainerOptions options = new() { MinimumFrequency = minimumFrequency, VocabularySize = size };
        WordPieceModel model = WordPieceTrainer.Train(new InMemoryCorpus(text), options);
        model.Pieces.Should().Equal(Rescan(text.Split(' ', StringSplitOptions.RemoveEmptyEntries), options));
    }

    [Fact]
    public void ThePiecesOfRealTextAreThoseOfRescans()
    {
        string[] lines = [.. File.ReadLines(TestData.File("wikitext2", "valid.txt")).Take(60)];
        WordPieceTrainerOptions options = new() { VocabularySize = 400 };
        List<string> words = [];
        foreach (string line in lines)
        {
            NormalizedText normalized = new();
            normalized.Reset(line);
            new BertNormalizer().Normalize(normalized);
            List<(int Start, int Length)> places = [];
            new BertPreTokenizer().Split(normalized.Text, places);
            foreach ((int start, int length) in places) words.Add(normalized.Text.Slice(start, length).ToString());
        }

        WordPieceTrainer.Train(new InMemoryCorpus(lines), options).Pieces.Should().Equal(Rescan(words, options));
    }

    [Fact]
    public void TheHighestLikelihoodGoesFirst()
    {
        // gs has 5 / (20 · 5), each other pair 1 / 36, of which pu occurs most often, 17 times; then hu has 15 / (15 · 19), bu 4 / (4 · 4), and so on.
        string text = string.Join(' ', new[] { ("hug", 10), ("pug", 5), ("pun", 12), ("bun", 4), ("hugs", 5) }
            .SelectMany(word => Enumerable.Repeat(word.Item1, word.Item2)));
        WordPieceModel model = WordPieceTrainer.Train(new InMemoryCorpus(text), new WordPieceTrainerOptions { VocabularySize = 24, SpecialTokens = [] });
        model.Pieces.Take(15).Should().Equal("[UNK]", "##g", "##n", "##s", "##u", "b", "h", "p", "##gs", "pu", "hu", "bu", "hugs", "hug", "bun");
    }

    [Fact]
    public void TheResultIsTheSameAtAnyNumberOfWorkers()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => RandomText(400, seed: i))];
        IReadOnlyList<string>[] pieces = [.. new[] { 1, 2, 3, 7 }.Select(workers =>
            WordPieceTrainer.Train(new InMemoryCorpus(texts), new WordPieceTrainerOptions { VocabularySize = 3000, Workers = workers }).Pieces)];
        foreach (IReadOnlyList<string> other in pieces) other.Should().Equal(pieces[0]);
    }

    [Fact]
    public void APairIsAsFrequentAsTheWordOfAQuarterOfTheVocabularyWhileThereAreSuch()
    {
        // Of 20 pieces the word of rank 5, counted from 0, is cc with 5, which ee does not reach: it merges last, though its score is the highest.
        string text = string.Join(' ', new[] { ("aa", 9), ("bb", 8), ("a", 7), ("b", 7), ("c", 6), ("cc", 5), ("ee", 4) }.SelectMany(word => Enumerable.Repeat(word.Item1, word.Item2)));
        WordPieceTrainerOptions options = new() { VocabularySize = 20, MinimumFrequency = 5 };
        IReadOnlyList<string> least = WordPieceTrainer.Train(new InMemoryCorpus(text), options).Pieces;
        least.Should().Contain("cc").And.NotContain("ee");
        WordPieceTrainer.Train(new InMemoryCorpus(text), options with { MinimumFrequency = 2 }).Pieces.Should().Equal([.. least, "ee"]);
    }

    [Fact]
    public void WordsOutsideTheAlphabetAreNotTrainedOn()
    {
        WordPieceModel model = WordPieceTrainer.Train(new InMemoryCorpus("aa aa bb bb aa cb cb"), new WordPieceTrainerOptions { AlphabetLimit = 2, SpecialTokens = ["[UNK]"] });
        model.Pieces.Should().Equal("[UNK]", "##a", "##b", "a", "b", "bb", "aa");
    }

    [Fact]
    public void AVocabularyWithoutRoomForTheAlphabetIsRefused() =>
        FluentActions.Invoking(() => WordPieceTrainer.Train(new InMemoryCorpus("abc"), new WordPieceTrainerOptions { VocabularySize = 7 }))
            .Should().Throw<CorpusException>().WithMessage("*are 8 pieces*room for 7 (WordPieceTrainerOptions.VocabularySize)*");

    [Fact]
    public void TrainingCanBeStopped()
    {
        using CancellationTokenSource stop = new();
        Stopping progress = new(stop);
        FluentActions.Invoking(() => WordPieceTrainer.Train(new InMemoryCorpus(RandomText(2000, 1)), new WordPieceTrainerOptions { MinimumFrequency = 1 },
            progress: progress, cancellationToken: stop.Token)).Should().Throw<OperationCanceledException>();
        progress.Last.Pieces.Should().Be(200);
    }

    [Fact]
    public void WikiTextFillsTheVocabulary()
    {
        string path = TestData.File("wikitext2", "train.shuffled-articles.txt");
        Stopwatch watch = Stopwatch.StartNew();
        WordPieceModel model = WordPieceTrainer.Train(new TextFileCorpus(path), new WordPieceTrainerOptions { Workers = 2 });
        TestContext.Current.TestOutputHelper!.WriteLine($"{model.Count} pieces in {watch.Elapsed.TotalSeconds:f2} s");
        model.Count.Should().Be(32_000);
    }

    private static string RandomText(int words, int seed)
    {
        Random random = new(seed);
        return string.Join(' ', Enumerable.Range(0, words).Select(_ =>
            string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(12) == 0 ? "𐐨" : ((char)('a' + random.Next(random.Next(1, 8)))).ToString()))));
    }

    /// <summary>Counts everything anew for each piece.</summary>
    private static List<string> Rescan(IReadOnlyList<string> text, WordPieceTrainerOptions options)
    {
        List<(List<string> Symbols, long Count)> words = [.. text.GroupBy(word => word).Select(group =>
            (group.Key.EnumerateRunes().Select((rune, i) => i == 0 ? rune.ToString() : Prefix + rune).ToList(), (long)group.Count()))];
        List<string> pieces = [.. options.SpecialTokens, .. words.SelectMany(word => word.Symbols).Distinct().Order(StringComparer.Ordinal)];
        long minimum = Math.Max(options.MinimumFrequency, words.Select(word => word.Count).OrderDescending().ElementAtOrDefault(options.VocabularySize / 4));
        while (pieces.Count < options.VocabularySize)
        {
            Dictionary<string, long> symbols = [];
            Dictionary<(string, string), long> pairs = [];
            foreach ((List<string> row, long count) in words)
            {
                foreach (string symbol in row) symbols[symbol] = symbols.GetValueOrDefault(symbol) + count;
                for (int i = 1; i < row.Count; i++) pairs[(row[i - 1], row[i])] = pairs.GetValueOrDefault((row[i - 1], row[i])) + count;
            }

            var frequent = pairs.Where(pair => pair.Value >= minimum).ToList();
            if (frequent.Count == 0)
            {
                if (minimum == options.MinimumFrequency) break;
                minimum = Math.Max(minimum / 2, options.MinimumFrequency);
                continue;
            }

            (string left, string right) = frequent.OrderByDescending(pair => pair.Value / ((double)symbols[pair.Key.Item1] * symbols[pair.Key.Item2]))
                .ThenByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Item1, StringComparer.Ordinal).ThenBy(pair => pair.Key.Item2, StringComparer.Ordinal).First().Key;
            string merged = left + right[Prefix.Length..];
            foreach ((List<string> row, _) in words)
            {
                for (int i = 0; i + 1 < row.Count; i++)
                {
                    if (row[i] != left || row[i + 1] != right) continue;
                    row[i] = merged;
                    row.RemoveAt(i + 1);
                }
            }

            if (!pieces.Contains(merged)) pieces.Add(merged);
        }

        return pieces;
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<TokenizerTrainingProgress>
    {
        internal TokenizerTrainingProgress Last { get; private set; }

        public void Report(TokenizerTrainingProgress value)
        {
            Last = value;
            if (value.Pieces >= 200) stop.Cancel();
        }
    }
}
