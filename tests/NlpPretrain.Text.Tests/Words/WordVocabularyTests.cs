using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed class WordVocabularyTests
{
    private static readonly WhitespaceTokenizer Tokenizer = new();

    [Fact]
    public void Orders_words_by_falling_count_then_by_code_units()
    {
        WordVocabulary vocabulary = Build(new ListCorpus("b a c a", "é b Z a x"), new() { MinCount = 1 });

        vocabulary.Words.Should().Equal("a", "b", "Z", "c", "x", "é");
        vocabulary.Count.Should().Be(6);
        vocabulary.TotalWords.Should().Be(9);
        vocabulary[1].Should().Be("b");
        vocabulary.WordAt(1).ToString().Should().Be("b");
        vocabulary.CountOf(0).Should().Be(3);
        vocabulary.IdOf("é").Should().Be(5);
        vocabulary.IdOf("absent").Should().Be(-1);
        vocabulary.IdOf("").Should().Be(-1);
    }

    [Fact]
    public void Takes_frequent_words_only_and_the_most_frequent_of_them()
    {
        ListCorpus corpus = new("a a a b b c");

        Build(corpus, new() { MinCount = 2 }).Words.Should().Equal("a", "b");
        Build(corpus, new() { MinCount = 2 }).TotalWords.Should().Be(5);
        Build(corpus, new() { MinCount = 1, MaxSize = 1 }).Words.Should().Equal("a");
    }

    [Fact]
    public void Extending_keeps_the_old_ids_and_adds_the_counts()
    {
        WordVocabulary old = Build(new ListCorpus("a a a b b c"), new() { MinCount = 1 });

        WordVocabulary extended = Extend(old, new ListCorpus("e d d c c c c c rare d e"), new() { MinCount = 2 });

        extended.Words.Should().Equal("a", "b", "c", "d", "e");
        Enumerable.Range(0, 5).Select(extended.CountOf).Should().Equal(3, 2, 6, 3, 2);
        Extend(old, new ListCorpus("e d d"), new() { MinCount = 1, MaxSize = 4 }).Words.Should().Equal("a", "b", "c", "d");
        Extend(old, new ListCorpus("e d d"), new() { MinCount = 1, MaxSize = 2 }).Words.Should().Equal("a", "b", "c");
        old.Words.Should().Equal("a", "b", "c");
    }

    [Fact]
    public void A_corpus_without_words_is_an_error()
    {
        FluentActions.Invoking(() => Build(new ListCorpus("", " "))).Should().Throw<CorpusException>().WithMessage("The corpus has no words*");
        WordVocabulary known = WordVocabulary.Create(["a"]);
        FluentActions.Invoking(() => Extend(known, new ListCorpus())).Should().Throw<CorpusException>().WithMessage("The corpus has no words*");
    }

    [Fact]
    public void A_corpus_without_a_frequent_word_is_an_error_that_says_what_was_read() => TokenizerTesting.InCulture("de-DE", () =>
        FluentActions.Invoking(() => Build(new ListCorpus("a a a a b"))).Should().Throw<CorpusException>()
            .WithMessage("*5 words were read, 2 of them different*highest count is 4*5*WordVocabularyOptions.MinCount*"));

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        FluentActions.Invoking(() => Build(new ListCorpus("a"), new() { MinCount = 0 })).Should().Throw<ArgumentException>().WithMessage("MinCount is 0*");
        FluentActions.Invoking(() => Build(new ListCorpus("a"), new() { MaxSize = 0 })).Should().Throw<ArgumentException>().WithMessage("MaxSize is 0*");
        FluentActions.Invoking(() => Build(new ListCorpus("a"), workers: 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Ids_outside_the_vocabulary_are_refused()
    {
        WordVocabulary vocabulary = WordVocabulary.Create(["a"], [7]);
        foreach (int id in new[] { -1, 1 })
        {
            FluentActions.Invoking(() => vocabulary[id]).Should().Throw<ArgumentOutOfRangeException>();
            FluentActions.Invoking(() => vocabulary.CountOf(id)).Should().Throw<ArgumentOutOfRangeException>();
            FluentActions.Invoking(() => vocabulary.WordAt(id).Length).Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    [Fact]
    public void Words_that_text_cannot_hold_are_in_no_vocabulary()
    {
        WordVocabularyBuilder builder = new();
        foreach (string word in new[] { "\uD840", "a\uDC00", "line\nbreak", "car\rriage", "𠀀", "fine" }) builder.Add(word, 9);

        builder.Build().Words.Should().Equal("fine", "𠀀");
        builder.WordsRead.Should().Be(54);
        builder.DistinctWords.Should().Be(6);
    }

    [Fact]
    public void Created_vocabularies_keep_their_order_and_refuse_what_they_cannot_hold()
    {
        WordVocabulary.Create(["b", "a"]).CountOf(0).Should().Be(0);
        WordVocabulary.Create(["b", "a"], [1, 2]).TotalWords.Should().Be(3);
        FluentActions.Invoking(() => WordVocabulary.Create(["b", "a", "b"])).Should().Throw<ArgumentException>().WithMessage("Word 2, 'b', is there twice*");
        FluentActions.Invoking(() => WordVocabulary.Create(["b", ""])).Should().Throw<ArgumentException>().WithMessage("Word 1 is empty*");
        FluentActions.Invoking(() => WordVocabulary.Create(["\uD840"])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => WordVocabulary.Create(["b"], [-1])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => WordVocabulary.Create(["b"], [])).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Every_word_of_many_is_found_again()
    {
        Random random = new(3);
        WordVocabularyBuilder builder = new();
        Dictionary<string, long> expected = [];
        for (int i = 0; i < 60_000; i++)
        {
            string word = new([.. Enumerable.Range(0, random.Next(1, 14)).Select(_ => (char)(random.Next(8) == 0 ? random.Next(1, 0xD800) : 'a' + random.Next(3)))]);
            builder.Add(word);
            expected[word] = expected.GetValueOrDefault(word) + 1;
        }

        builder.DistinctWords.Should().Be(expected.Count);
        WordVocabulary vocabulary = builder.Build(minCount: 1);
        string[] wrong = [.. expected.Keys.Where(word =>
        {
            int id = vocabulary.IdOf(word);
            return word.AsSpan().IndexOfAny('\r', '\n') >= 0 ? id >= 0 : id < 0 || vocabulary.CountOf(id) != expected[word] || vocabulary[id] != word;
        })];
        wrong.Should().BeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Counts_of_a_real_corpus_are_those_of_a_dictionary_at_any_number_of_workers(int workers)
    {
        string[] lines = File.ReadAllLines(TestData.File("wikitext2", "valid.txt"));
        Dictionary<string, long> expected = [];
        foreach (string word in lines.SelectMany(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            expected[word] = expected.GetValueOrDefault(word) + 1;

        WordVocabulary vocabulary = WordVocabulary.Build(new ListCorpus(lines), Tokenizer, new() { MinCount = 1 }, workers, TestContext.Current.CancellationToken);

        vocabulary.TotalWords.Should().Be(213_886);
        string[] order = [.. expected.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
        vocabulary.Words.SequenceEqual(order).Should().BeTrue();
        Enumerable.Range(0, vocabulary.Count).Select(vocabulary.CountOf).SequenceEqual(order.Select(word => expected[word])).Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_corpus_that_fails_and_a_cancelled_count_stop_with_their_own_exception(int workers)
    {
        FluentActions.Invoking(() => Build(new FailingCorpus(), new(), workers)).Should().Throw<CorpusException>().WithMessage("broken");
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        FluentActions.Invoking(() => WordVocabulary.Build(new ListCorpus("a"), Tokenizer, workers: workers, cancellationToken: cancelled.Token))
            .Should().Throw<OperationCanceledException>();
    }

    private static WordVocabulary Build(ICorpus corpus, WordVocabularyOptions? options = null, int? workers = null) =>
        WordVocabulary.Build(corpus, Tokenizer, options, workers, TestContext.Current.CancellationToken);

    private static WordVocabulary Extend(WordVocabulary known, ICorpus corpus, WordVocabularyOptions? options = null) =>
        known.Extend(corpus, Tokenizer, options, cancellationToken: TestContext.Current.CancellationToken);

    private sealed class FailingCorpus : ICorpus
    {
        public IEnumerable<Passage> Read(long firstDocument = 0)
        {
            for (int i = 0; i < 10; i++) yield return new Passage(i, new string('a', Passage.MaxLength));
            throw new CorpusException("broken");
        }
    }
}
