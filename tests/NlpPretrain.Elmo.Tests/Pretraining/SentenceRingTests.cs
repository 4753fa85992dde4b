using NlpPretrain.Text;

namespace NlpPretrain.Elmo.Tests;

public sealed class SentenceRingTests
{
    [Fact]
    public void A_step_is_a_word_or_an_end_as_both_directions_see_it()
    {
        (int[] forward, int[] next, int[] backward, int[] before) = Read(new InMemoryCorpus("a b c", "d"), 0, 6);
        Text(forward).Should().Be("<S> a b c <S> d");
        Text(next).Should().Be("a b c </S> d </S>");
        Text(backward).Should().Be("</S> c b a </S> d");
        Text(before).Should().Be("c b a <S> d <S>");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void Windows_of_any_length_from_any_step_are_parts_of_one_endless_text(int length)
    {
        List<(string Forward, string Next, string Backward, string Before)> steps = [];
        foreach (string[] words in PretrainingTexts.SentencesOf(PretrainingTexts.Corpus).Select(words => words.Select(Known).ToArray()))
        {
            string[] framed = ["<S>", .. words, "</S>"], turned = [.. framed.Reverse()];
            for (int i = 0; i <= words.Length; i++) steps.Add((framed[i], framed[i + 1], turned[i], turned[i + 1]));
        }

        using SentenceRing ring = RingOf(PretrainingTexts.Corpus, PretrainingTexts.Vocabulary);
        ring.Count.Should().Be(steps.Count);
        SentenceCursor cursor = new(ring, PretrainingTexts.Vocabulary);
        int[] forward = new int[length], next = new int[length], backward = new int[length], before = new int[length];
        for (int start = 0; start < steps.Count; start += 5)
        {
            cursor.Read(start, forward, next, backward, before);
            for (int i = 0; i < length; i++)
                (Name(forward[i]), Name(next[i]), Name(backward[i]), Name(before[i])).Should().Be(steps[(start + i) % steps.Count], $"step {start + i}");
        }

        static string Known(string word) => Name(PretrainingTexts.Vocabulary.IdOf(word));
        static string Name(int id) => PretrainingTexts.Vocabulary.Words[id];
    }

    [Fact]
    public void Text_longer_than_a_block_is_one_text()
    {
        // A block ends with the sentence that fills it.
        InMemoryCorpus corpus = new(Enumerable.Range(0, 3_000).Select(i => string.Join(' ', Enumerable.Range(0, 1 + i % 7).Select(k => "abcd"[(i + k) % 4]))));
        string[] steps = [.. PretrainingTexts.SentencesOf(corpus).SelectMany(words => words.Append("</S>"))];
        ElmoVocabulary vocabulary = VocabularyOf(corpus);
        using SentenceRing ring = RingOf(corpus, vocabulary);
        ring.Count.Should().Be(steps.Length).And.BeGreaterThan(2 * ring.LongestBlock);
        SentenceCursor cursor = new(ring, vocabulary);
        int[] next = new int[50], others = new int[50];
        for (int start = 0; start < steps.Length; start += 50)
        {
            cursor.Read(start, others, next, others, others);
            next.Select(id => vocabulary.Words[id]).Should().Equal(Enumerable.Range(start, 50).Select(step => steps[step % steps.Length]));
        }
    }

    [Fact]
    public void A_word_that_is_read_and_not_predicted_is_unknown_to_the_softmax_alone()
    {
        ElmoVocabulary vocabulary = VocabularyOf(new InMemoryCorpus("a b"));
        InMemoryCorpus corpus = new("a rare b");
        WordVocabulary words = vocabulary.Words.Extend(corpus, PretrainingTexts.Tokenizer, new() { MinCount = 1 });
        using SentenceRing ring = SentenceRing.Create(corpus, PretrainingTexts.Tokenizer, words, vocabulary.UnknownId, 1, default);
        int[] forward = new int[4], next = new int[4], backward = new int[4], before = new int[4];
        new SentenceCursor(ring, vocabulary).Read(0, forward, next, backward, before);
        forward.Select(id => words[id]).Should().Equal("<S>", "a", "rare", "b");
        next.Select(id => words[id]).Should().Equal("a", "<UNK>", "b", "</S>");
        backward.Select(id => words[id]).Should().Equal("</S>", "b", "rare", "a");
        before.Select(id => words[id]).Should().Equal("b", "<UNK>", "a", "<S>");
    }

    [Fact]
    public void Another_text_has_another_hash_at_any_number_of_workers_the_same()
    {
        ElmoVocabulary vocabulary = VocabularyOf(new InMemoryCorpus("a b"));
        using SentenceRing one = RingOf(new InMemoryCorpus("a b a", "b"), vocabulary), same = RingOf(new InMemoryCorpus("a b a", "b"), vocabulary, workers: 3), other = RingOf(new InMemoryCorpus("a b b", "b"), vocabulary);
        same.Sha256.Should().Be(one.Sha256).And.HaveLength(64);
        other.Sha256.Should().NotBe(one.Sha256);
    }

    private static (int[] Forward, int[] Next, int[] Backward, int[] Before) Read(InMemoryCorpus corpus, long step, int count)
    {
        ElmoVocabulary vocabulary = VocabularyOf(corpus);
        using SentenceRing ring = RingOf(corpus, vocabulary);
        int[] forward = new int[count], next = new int[count], backward = new int[count], before = new int[count];
        new SentenceCursor(ring, vocabulary).Read(step, forward, next, backward, before);
        return (forward, next, backward, before);
    }

    private static string Text(int[] ids)
    {
        ElmoVocabulary vocabulary = VocabularyOf(new InMemoryCorpus("a b c", "d"));
        return string.Join(' ', ids.Select(id => vocabulary.Words[id]));
    }

    private static ElmoVocabulary VocabularyOf(ICorpus corpus) => ElmoVocabulary.Create(WordVocabulary.Build(corpus, PretrainingTexts.Tokenizer, new() { MinCount = 1 }));

    private static SentenceRing RingOf(ICorpus corpus, ElmoVocabulary vocabulary, int workers = 1) =>
        SentenceRing.Create(corpus, PretrainingTexts.Tokenizer, vocabulary.Words, vocabulary.UnknownId, workers, default);
}
