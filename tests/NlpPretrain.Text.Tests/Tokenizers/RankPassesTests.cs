namespace NlpPretrain.Text.Tests.Tokenizers;

/// <summary>Rank by rank gives what one merge at a time gives, and so do parts of a word that no merge crosses.</summary>
public sealed class RankPassesTests
{
    private const int Letters = 5;

    [Fact]
    public void PassesAreOneMergeAtATime()
    {
        Random random = new(8);
        for (int round = 0; round < 2_000; round++)
        {
            MergeTable merges = RandomMerges(random, isMonotone: true, hasDoubles: true);
            merges.IsMonotone.Should().BeTrue();
            Compare(RandomWord(random, round), round, (ids, lengths) => RankPasses.Merge(merges, ids, lengths), (ids, lengths) => Symbols.MergeLong(merges, ids, lengths));
        }
    }

    [Fact]
    public void PartsAreTheWhole()
    {
        Random random = new(9);
        int monotone = 0;
        for (int round = 0; round < 2_000; round++)
        {
            MergeTable merges = RandomMerges(random, isMonotone: round % 2 == 0);
            monotone += merges.IsMonotone ? 1 : 0;
            Compare(RandomWord(random, round), round, (ids, lengths) => Symbols.Merge(merges, ids, lengths), (ids, lengths) => Symbols.MergeLong(merges, ids, lengths));
        }

        monotone.Should().BeInRange(1_000, 1_900);
    }

    [Fact]
    public void PublishedMergesAreMonotone()
    {
        BytePairTesting.ReadGpt2().HasMonotoneMerges.Should().BeTrue();
        BytePairTesting.ReadGpt1().HasMonotoneMerges.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LongWordsOfTheModelsAreThoseOfTheHeap(bool isByteLevel)
    {
        BytePairModel model = isByteLevel ? BytePairTesting.ReadGpt2() : BytePairTesting.ReadGpt1();
        Random random = new(10);
        string[] words = [new('a', 5_001), new('^', 3_000), new(' ', 4_000), string.Concat(Enumerable.Repeat("the中文and", 700)),
            string.Concat(Enumerable.Range(0, 9_000).Select(_ => (char)('a' + random.Next(26)))), string.Concat(Enumerable.Range(0, 5_000).Select(_ => (char)random.Next(0x100)))];
        foreach (string word in words)
        {
            PieceBuffer fast = new(), plain = new();
            model.Encode(word, fast);
            model.EncodePlainly(word, plain);
            fast.Ids.SequenceEqual(plain.Ids).Should().BeTrue("of {0}", word[..10]);
            fast.Lengths.SequenceEqual(plain.Lengths).Should().BeTrue();
        }
    }

    private static void Compare(int[] word, int round, Func<int[], int[], int> actual, Func<int[], int[], int> expected)
    {
        (int[] ids, int[] lengths, int[] expectedIds, int[] expectedLengths) = ([.. word], [.. word.Select(id => id + 1)], [.. word], [.. word.Select(id => id + 1)]);
        int count = actual(ids, lengths), expectedCount = expected(expectedIds, expectedLengths);
        ids[..count].Should().Equal(expectedIds[..expectedCount], "round {0}", round);
        lengths[..count].Should().Equal(expectedLengths[..expectedCount], "round {0}", round);
    }

    private static int[] RandomWord(Random random, int round) => [.. Enumerable.Range(0, random.Next(1, 300)).Select(_ => random.Next(round % 3 == 0 ? 1 : Letters))];

    /// <summary>With doubles, two merges may make one piece, which texts of pieces would allow more rarely.</summary>
    private static MergeTable RandomMerges(Random random, bool isMonotone, bool hasDoubles = false)
    {
        int count = random.Next(1, 40);
        int[] ranks = [.. Enumerable.Range(0, count)];
        if (!isMonotone) random.Shuffle(ranks);
        List<(int First, int Last)> ends = [.. Enumerable.Range(0, Letters).Select(letter => (letter, letter))];
        MergeTable merges = new(count);
        int lastUsed = -1;
        for (int i = 0; i < count; i++)
        {
            (int left, int right) = (random.Next(ends.Count), random.Next(ends.Count));
            int last = ends.Count - 1;
            bool isDouble = hasDoubles && last >= Letters && last > lastUsed && left != last && right != last && random.Next(2) == 0;
            if (!merges.TryAdd(left, right, ranks[i], isDouble ? last : ends.Count)) continue;

            lastUsed = Math.Max(lastUsed, Math.Max(left, right));
            if (isDouble) continue;

            merges.AllowCrossing(ends[left].Last, ends[right].First);
            ends.Add((ends[left].First, ends[right].Last));
        }

        merges.Freeze(ends.Count);
        return merges;
    }
}
