using NlpPretrain.Initialization;

namespace NlpPretrain.Bert.Tests;

public sealed class TokenMaskerTests
{
    private const int Mask = 4, Vocabulary = 1_000, Length = 128, Second = 60;

    private static readonly int[] Ordinary = [.. Enumerable.Range(5, Vocabulary - 5)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_a_million_masked_tokens_80_10_and_10_percent_are_hidden_random_and_kept(bool wholeWords)
    {
        TokenMasker masker = new(new() { WholeWords = wholeWords }, Mask, Ordinary);
        int[] sequence = Sequence(new(1)), tokens = new int[Length], places = new int[20], labels = new int[20];
        long[] byPlace = new long[Length], random = new long[Vocabulary];
        long masked = 0, hidden = 0, kept = 0, sequences = 0;
        for (; masked < 1_000_000; sequences++)
        {
            sequence.CopyTo(tokens, 0);
            int count = masker.Mask(new RandomStream(1, 2, (ulong)sequences), tokens, Second, places, labels);
            for (int i = 0; i < count; i++)
            {
                int place = places[i], id = tokens[place];
                if (labels[i] != Plain(sequence[place])) Assert.Fail("a label is not what was there");
                byPlace[place]++;
                if (id == Mask) hidden++;
                else if (id == labels[i]) kept++;
                else random[id]++;
            }

            masked += count;
            for (int place = 0, i = 0; place < Length; place++)
            {
                if (i < count && places[i] == place) i++;
                else if (tokens[place] != Plain(sequence[place])) Assert.Fail("an unmasked token changed");
            }
        }

        // The number of a sequence is 19 or 20, of 128·0.15 = 19.2: its variance is 0.2·0.8.
        if (!wholeWords) ((double)masked / (sequences * Length)).Should().BeApproximately(0.15, 3 * Math.Sqrt(0.16 / sequences) / Length);
        Statistics.ShouldBe(hidden, masked, 0.8, "are hidden");
        Statistics.ShouldBe(random.Sum(), masked, 0.1 * (1 - 1.0 / Ordinary.Length), "are random");
        Statistics.ShouldBe(kept, masked, 0.1 * (1 + 1.0 / Ordinary.Length), "are kept");
        byPlace[0].Should().Be(0, "the frame is never masked");
        (byPlace[Second - 1] + byPlace[Length - 1]).Should().Be(0);
        random.Take(5).Should().OnlyContain(times => times == 0, "a random token is no special one");
        random.Skip(5).Min().Should().BeGreaterThan(40, "it is any other");
        if (!wholeWords) byPlace.Where(times => times > 0).Should().HaveCount(Length - 3).And.OnlyContain(times => Math.Abs(times - masked / 125.0) < 5 * Math.Sqrt(masked / 125.0));
    }

    [Fact]
    public void Words_are_masked_whole()
    {
        TokenMasker masker = new(new() { WholeWords = true }, Mask, Ordinary);
        int[] tokens = new int[Length], places = new int[20], labels = new int[20];
        for (int i = 0; i < 2_000; i++)
        {
            int[] sequence = Sequence(new(i));
            sequence.CopyTo(tokens, 0);
            int count = masker.Mask(new RandomStream(1, 2, (ulong)i), tokens, Second, places, labels);
            HashSet<int> masked = [.. places.AsSpan(0, count)];
            foreach (int[] word in Words(sequence))
            {
                int pieces = word.Count(masked.Contains);
                if (pieces != 0 && pieces != word.Length) Assert.Fail($"{pieces} of {word.Length} pieces are masked");
            }
        }
    }

    [Theory]
    [InlineData(128, 20, false)]
    [InlineData(128, 20, true)]
    [InlineData(24, 2, true)]
    [InlineData(10, 5, true)]
    public void As_many_are_masked_as_by_a_slow_loop(int length, int most, bool wholeWords)
    {
        const int Rounds = 20_000;
        TokenMasker masker = new(new() { WholeWords = wholeWords, MaxPredictions = most }, Mask, Ordinary);
        Random random = new(5);
        double difference = 0, squares = 0;
        int[] byLength = new int[8], byLengthSlowly = new int[8];
        for (int i = 0; i < Rounds; i++)
        {
            int[] sequence = Sequence(new(i))[..length], tokens = [.. sequence], places = new int[most], labels = new int[most];
            int second = Math.Min(Second, length / 2);
            int[][] words = [.. wholeWords ? Words(sequence, second) : Enumerable.Range(1, length - 2).Where(place => place != second - 1).Select(place => new[] { place })];
            HashSet<int> found = [.. places.AsSpan(0, masker.Mask(new RandomStream(1, 2, (ulong)i), tokens, second, places, labels))], slow = Slowly(words, length, most, random);
            foreach (int[] word in words)
            {
                if (found.Contains(word[0])) byLength[word.Length]++;
                if (slow.Contains(word[0])) byLengthSlowly[word.Length]++;
            }

            difference += found.Count - slow.Count;
            squares += Math.Pow(found.Count - slow.Count, 2);
        }

        Math.Abs(difference).Should().BeLessThan(3 * Math.Sqrt(squares + 1));
        for (int pieces = 1; pieces < byLength.Length; pieces++)
            Math.Abs(byLength[pieces] - byLengthSlowly[pieces]).Should().BeLessThan(4 * (int)Math.Sqrt(byLength[pieces] + byLengthSlowly[pieces] + 1), $"words of {pieces} pieces");
    }

    [Fact]
    public void A_sequence_of_long_words_has_a_target_too()
    {
        TokenMasker masker = new(new() { WholeWords = true, SequenceLength = 32, MaxPredictions = 4 }, Mask, Ordinary);
        int[] places = new int[4], labels = new int[4];
        for (ulong i = 0; i < 100; i++)
        {
            int[] tokens = [2, 10, ~11, ~12, 3, 13, ~14, ~15, 3];           // 9·0.15: one or two are wanted
            masker.Mask(new RandomStream(1, 2, i), tokens, 5, places, labels).Should().Be(3);
            string.Join(' ', places[..3]).Should().BeOneOf("1 2 3", "5 6 7");
        }

        int[] longer = [2, 10, ~11, ~12, ~13, ~14, 3, ~14, ~15, ~16, ~17, ~18, 3];
        masker.Mask(new RandomStream(1, 2, 0), longer, 7, places, labels).Should().Be(4, "a word of more pieces than may be masked is cut");
    }

    /// <summary>As google-research's loop, with the number of tokens rounded by chance.</summary>
    private static HashSet<int> Slowly(int[][] words, int length, int most, Random random)
    {
        double wanted = 0.15 * length;
        int count = (int)Math.Floor(wanted) + (random.NextDouble() < wanted - Math.Floor(wanted) ? 1 : 0);
        count = Math.Min(Math.Max(count, 1), most);
        List<int[]> order = [.. words.OrderBy(_ => random.Next())];
        HashSet<int> masked = [];
        foreach (int[] word in order)
        {
            if (masked.Count >= count) break;
            if (masked.Count + word.Length <= count) masked.UnionWith(word);
        }

        if (masked.Count == 0) masked.UnionWith(order[0].Take(most));
        return masked;
    }

    /// <summary>A frame around random tokens, of which a third goes on with a word, but no word has more than 5 pieces.</summary>
    private static int[] Sequence(Random random)
    {
        int[] sequence = new int[Length];
        for (int i = 0, pieces = 0; i < Length; i++)
        {
            bool goesOn = random.Next(3) == 0 && pieces < 5;
            pieces = goesOn ? pieces + 1 : 1;
            int id = random.Next(5, Vocabulary);
            sequence[i] = goesOn ? ~id : id;
        }

        (sequence[0], sequence[Second - 1], sequence[^1]) = (2, 3, 3);
        return sequence;
    }

    private static IEnumerable<int[]> Words(int[] sequence, int second = Second)
    {
        List<int> word = [];
        for (int place = 1; place < sequence.Length; place++)
        {
            bool isFrame = place == second - 1 || place == sequence.Length - 1;
            if (word.Count > 0 && (isFrame || sequence[place] >= 0))
            {
                yield return [.. word];
                word.Clear();
            }

            if (!isFrame) word.Add(place);
        }
    }

    private static int Plain(int token) => token < 0 ? ~token : token;
}
