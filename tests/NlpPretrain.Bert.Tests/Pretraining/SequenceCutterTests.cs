using NlpPretrain.Text;

namespace NlpPretrain.Bert.Tests;

public sealed class SequenceCutterTests
{
    [Theory]
    [InlineData(4_000, 20, 10, 64)]         // short sentences
    [InlineData(300, 30, 60, 48)]           // many are longer than a sequence
    [InlineData(4_000, 4, 8, 64)]           // many documents of one sentence
    public void Half_of_the_seconds_are_true_and_no_segment_crosses_a_document(int documents, int sentences, int words, int length)
    {
        using SentenceFile file = Read(ToyText.Documents(documents, sentences, words));
        long[] sentenceStarts = Starts(file.SentenceCount, file.StartOf), documentStarts = Starts(file.DocumentCount, i => file.StartOf(file.FirstSentenceOf(i)));
        int count = 0, next = 0, cutAtFront = 0, cutAtBack = 0;
        foreach (SequencePair pair in Cut(file, new() { SequenceLength = length, DuplicateFactor = 3 }))
        {
            (long firstEnd, long secondEnd) = (pair.First + pair.FirstLength, pair.Second + pair.SecondLength);
            int document = Of(documentStarts, pair.First), other = Of(documentStarts, pair.Second);
            bool isRight = pair.FirstLength >= 1 && pair.SecondLength >= 1 && pair.Length <= length
                && Of(documentStarts, firstEnd - 1) == document && Of(documentStarts, secondEnd - 1) == other && other == document == pair.IsNext
                && (!pair.IsNext || pair.Second >= firstEnd);
            if (pair.Length < length)           // nothing was cut off
                isRight &= IsStart(pair.First) && IsStart(firstEnd) && IsStart(pair.Second) && IsStart(secondEnd) && (!pair.IsNext || pair.Second == firstEnd);
            if (!isRight) Assert.Fail($"{pair} of documents {document} and {other}");
            count++;
            if (pair.IsNext) next++;
            if (!IsStart(pair.First)) cutAtFront++;
            if (!IsStart(firstEnd)) cutAtBack++;
        }

        count.Should().BeGreaterThan(2_000);
        Statistics.ShouldBe(next, count, 0.5, "of the seconds are the next ones");
        if (words > length) Math.Abs(cutAtFront - cutAtBack).Should().BeLessThan(count / 10, "front and back lose alike");
        if (words > length) cutAtFront.Should().BeGreaterThan(count / 10);

        bool IsStart(long place) => Array.BinarySearch(sentenceStarts, place) >= 0;
    }

    [Fact]
    public void Every_sentence_comes_once_as_a_first_or_a_true_second_segment()
    {
        using SentenceFile file = Read(ToyText.Documents(200, 20, 5));
        int[] seen = new int[file.Count];
        foreach (SequencePair pair in Cut(file, new() { SequenceLength = 400, DuplicateFactor = 3 }))
        {
            for (int i = 0; i < pair.FirstLength; i++) seen[pair.First + i]++;
            for (int i = 0; pair.IsNext && i < pair.SecondLength; i++) seen[pair.Second + i]++;
        }

        seen.Should().OnlyContain(times => times == 3, "what a random second segment displaced is put back, and nothing is too long to be cut");
    }

    [Fact]
    public void A_tenth_of_the_sequences_is_made_shorter()
    {
        // Sentences of one token: a pair has as many as it is to have, but at the end of a document.
        const int Most = 29;
        using SentenceFile file = Read(new InMemoryCorpus(Enumerable.Repeat(string.Concat(Enumerable.Repeat("ak\n", 20_000)), 2)));
        int[] lengths = [.. Cut(file, new() { SequenceLength = Most + BertDataOptions.FrameTokens, DuplicateFactor = 5 }).Where(pair => pair.IsNext).Select(pair => pair.FirstLength + pair.SecondLength)];
        Statistics.ShouldBe(lengths.Count(length => length < Most), lengths.Length, 0.1 * (Most - 2) / (Most - 1), "are shorter");
        lengths.Min().Should().Be(2);
        lengths.GroupBy(length => length).Should().HaveCount(Most - 1);
        Cut(file, new() { SequenceLength = 32, ShortSequenceProbability = 0 }).Where(pair => pair.IsNext).Should().OnlyContain(pair => pair.Length == 32 || pair.Second + pair.SecondLength == 20_000 || pair.Second + pair.SecondLength == 40_000);
    }

    [Fact]
    public void Random_seconds_begin_at_any_sentence_of_any_other_document()
    {
        using SentenceFile file = Read(new InMemoryCorpus("ak\nal\nam", "bk\nbl", "ck", "dk\ndl\ndm\ndn"));
        Dictionary<long, int> starts = [];
        long[] documents = Starts(file.DocumentCount, i => file.StartOf(file.FirstSentenceOf(i)));
        foreach (SequencePair pair in Cut(file, new() { SequenceLength = 6, DuplicateFactor = 8_000 }).Where(pair => !pair.IsNext && Of(documents, pair.First) == 1)) starts[pair.Second] = starts.GetValueOrDefault(pair.Second) + 1;
        int count = starts.Values.Sum();
        foreach (long place in new long[] { 0, 1, 2, 5, 6, 7, 8, 9 })
        {
            int sentences = place < 3 ? 3 : place == 5 ? 1 : 4;
            Statistics.ShouldBe(starts.GetValueOrDefault(place), count, 1.0 / 3 / sentences, $"begin at {place}");
        }
    }

    [Fact]
    public void The_seed_decides()
    {
        using SentenceFile file = Read(ToyText.Documents(50, 20, 10));
        BertDataOptions options = new() { SequenceLength = 32, DuplicateFactor = 2 };
        SequencePair[] pairs = [.. Cut(file, options)];
        Cut(file, options).Should().Equal(pairs);
        Cut(file, options, seed: 2).Should().NotEqual(pairs);
        SequencePair[] once = [.. Cut(file, options with { DuplicateFactor = 1 })];
        pairs.Take(once.Length).Should().Equal(once);
        pairs.Skip(once.Length).Should().NotBeEquivalentTo(once, "a duplicate is cut otherwise");
    }

    private static SentenceFile Read(ICorpus corpus) => SentenceFile.Create(corpus, ToyText.English, new() { Workers = 2 }, default);

    private static IEnumerable<SequencePair> Cut(SentenceFile file, BertDataOptions options, ulong seed = 1) => new SequenceCutter(file, options, seed).Cut();

    private static long[] Starts(long count, Func<long, long> startOf) => [.. Enumerable.Range(0, (int)count + 1).Select(i => startOf(i))];

    private static int Of(long[] starts, long place)
    {
        int index = Array.BinarySearch(starts, place);
        return index >= 0 ? index : ~index - 1;
    }
}
