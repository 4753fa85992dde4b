using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Tokenizers;

public sealed class BytePairTrainerTests
{
    [Fact]
    public void MergesAsASlowRescanDoes()
    {
        Random random = new(1);
        for (int round = 0; round < 120; round++)
        {
            bool isByteLevel = round % 2 == 0;
            string letters = (round % 3) switch { 0 => "ab", 1 => "abcde", _ => "aé中𠮷b" };
            ListCorpus corpus = new([.. Enumerable.Range(0, 12).Select(_ => RandomText(random, letters))]);
            BytePairTrainerOptions options = new()
            {
                Form = isByteLevel ? BytePairOptions.Gpt2 : BytePairOptions.Gpt1,
                VocabularySize = random.Next(257, 340),
                MinimumFrequency = random.Next(1, 4),
                SpecialTokens = ["ab", "<s>"],
                Workers = 1 + round % 3,
            };
            BytePairModel model = BytePairTrainer.Train(corpus, options);
            List<BytePairMerge> expected = SlowBytePairTrainer.Merges(corpus, options, model.Count - model.Merges.Count);
            model.Merges.Should().Equal(expected, "round {0}", round);
            model.Merges.Select(merge => merge.Left + merge.Right).Should().Equal(model.Pieces.Skip(model.Count - model.Merges.Count)).And.NotContain("ab");
        }
    }

    [Fact]
    public void TheResultDoesNotDependOnWorkers()
    {
        TextFileCorpus corpus = new([TestData.File("wikitext2", "valid.txt")]);
        BytePairModel one = BytePairTrainer.Train(corpus, new() { VocabularySize = 3_000, Workers = 1 });
        BytePairModel five = BytePairTrainer.Train(corpus, new() { VocabularySize = 3_000, Workers = 5 });
        five.Pieces.Should().Equal(one.Pieces);
        five.Merges.Should().Equal(one.Merges);
    }

    [Fact]
    public void TrainsOnWikiText2()
    {
        TextFileCorpus corpus = new([TestData.File("wikitext2", "train.shuffled-articles.txt")]);
        long began = Environment.TickCount64;
        BytePairModel model = BytePairTrainer.Train(corpus, new() { SpecialTokens = ["<|endoftext|>"] });
        TestContext.Current.TestOutputHelper!.WriteLine($"{Environment.TickCount64 - began} ms");
        model.Count.Should().Be(32_000);
        model.PieceOf(0).Should().Be("<|endoftext|>");
        string text = "The game was developed by 苹果 in 1998 .";
        int[] ids = BytePairTesting.Encode(model, new ByteLevelPreTokenizer(), text);
        new ByteLevelDecoder().Decode([.. ids.Select(model.PieceOf)]).Should().Be(text);
        ids.Should().HaveCountLessThan(17);
    }

    [Fact]
    public void RareCharactersAreUnknownAndNoPairCrossesThem()
    {
        ListCorpus corpus = new("aaxaa aaxaa aab aab");
        BytePairModel model = BytePairTrainer.Train(corpus, new() { Form = BytePairOptions.Gpt1, AlphabetLimit = 1, VocabularySize = 10 });
        model.Pieces.Should().Equal("<unk>", "a", "a</w>", "aa", "aa</w>");
        BytePairTesting.Encode(model, "aaxaa").Should().Equal(3, 0, 4);
        BytePairTesting.Encode(model, "x").Should().Equal(0);
    }

    [Fact]
    public void AFullVocabularyNeedsRoomForTheAlphabet()
    {
        Action train = () => BytePairTrainer.Train(new ListCorpus("a"), new() { VocabularySize = 255 });
        train.Should().Throw<CorpusException>().WithMessage("*256 pieces*VocabularySize*");
    }

    [Fact]
    public void StopsWhenItIsTold()
    {
        using CancellationTokenSource source = new();
        Action train = () => BytePairTrainer.Train(new ListCorpus("a b"), progress: new CancelAtOnce(source), cancellationToken: source.Token);
        train.Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void ReportsItsProgress()
    {
        Reports reports = new();
        BytePairTrainer.Train(new TextFileCorpus([TestData.File("wikitext2", "test.txt")]), new() { VocabularySize = 600 }, progress: reports);
        reports.Should().Equal(new("reading", 0, 600), new("merging", 356, 600), new("merging", 456, 600), new("merging", 556, 600), new("done", 600, 600));
    }

    [Fact]
    public void OptionsOutOfRangeAreNamed()
    {
        foreach ((BytePairTrainerOptions options, string name) in new[]
        {
            (new BytePairTrainerOptions { VocabularySize = 0 }, "VocabularySize"),
            (new BytePairTrainerOptions { MinimumFrequency = 0 }, "MinimumFrequency"),
            (new BytePairTrainerOptions { AlphabetLimit = 0 }, "AlphabetLimit"),
            (new BytePairTrainerOptions { Workers = 0 }, "Workers"),
            (new BytePairTrainerOptions { SpecialTokens = ["a", "a"] }, "SpecialTokens"),
            (new BytePairTrainerOptions { SpecialTokens = [""] }, "SpecialTokens"),
            (new BytePairTrainerOptions { Form = new() }, "UnknownPiece"),
        })
        {
            FluentActions.Invoking(() => BytePairTrainer.Train(new ListCorpus("a"), options)).Should().Throw<ArgumentException>().WithMessage($"*{name}*");
        }
    }

    private static string RandomText(Random random, string letters)
    {
        Rune[] runes = [.. letters.EnumerateRunes()];
        StringBuilder text = new();
        for (int i = random.Next(40); i >= 0; i--)
        {
            if (random.Next(5) == 0) text.Append(' ');
            else text.Append(runes[random.Next(runes.Length)].ToString());
        }

        return text.ToString();
    }

    private sealed class Reports : List<TokenizerTrainingProgress>, IProgress<TokenizerTrainingProgress>
    {
        public void Report(TokenizerTrainingProgress value) => Add(value);
    }

    private sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<TokenizerTrainingProgress>
    {
        public void Report(TokenizerTrainingProgress value) => source.Cancel();
    }
}
