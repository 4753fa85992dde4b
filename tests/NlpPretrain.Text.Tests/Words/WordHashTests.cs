namespace NlpPretrain.Text.Tests;

public sealed class WordHashTests
{
    [Fact]
    public void Words_of_one_pattern_spread_over_the_hashes()
    {
        string[] words =
        [
            .. Enumerable.Range(0, 100_000).Select(i => $"{i}"),
            .. Enumerable.Range(0, 50_000).Select(i => $"prefix-{i:D6}-suffix"),
            .. Enumerable.Range(0, 50_000).Select(i => new string([(char)(0x4E00 + i % 100), (char)(0x4E00 + i / 100 % 100), (char)(0x4E00 + i / 10_000)])),
            .. Enumerable.Range(1, 2_000).Select(i => new string('\0', i)),
            .. Enumerable.Range(0, 26 * 26 * 26).Select(i => new string([(char)('a' + i % 26), (char)('a' + i / 26 % 26), (char)('a' + i / 676), 'x', 'y'])),
        ];

        // Of 220,000 random hashes 5 or 6 pairs are equal.
        (words.Length - words.Select(word => WordHash.Of(word)).Distinct().Count()).Should().BeLessThan(20);
        int taken = words.Select(word => WordHash.Of(word) & 0x7FFFF).Distinct().Count();
        double expected = 0x80000 * (1 - Math.Exp(-words.Length / (double)0x80000));
        taken.Should().BeCloseTo((int)expected, 2_000);
    }

    [Fact]
    public void No_chosen_start_makes_the_rest_invisible()
    {
        // Every value of the first four characters keeps apart words that differ in the last four.
        Random random = new(4);
        for (int i = 0; i < 2_000; i++)
        {
            char[] word = [.. Enumerable.Range(0, 4).Select(_ => (char)random.Next(0x10000)), 'a', 'b', 'c', 'd'];
            uint first = WordHash.Of(word);
            word[6] = 'x';
            WordHash.Of(word).Should().NotBe(first);
        }

        char[] canceling = [.. "\uA73B\u84CA\uAE85\uBB67".ToCharArray(), 'a', 'b', 'c', 'd'];       // cancels the hash's own constant
        uint one = WordHash.Of(canceling);
        canceling[7] = 'e';
        WordHash.Of(canceling).Should().NotBe(one);
    }

    [Fact]
    public void Words_that_differ_anywhere_are_different()
    {
        for (int length = 1; length <= 20; length++)
        {
            char[] word = [.. Enumerable.Range(0, length).Select(i => (char)('a' + i))];
            WordHash.AreEqual(word, word.ToArray()).Should().BeTrue();
            for (int i = 0; i < length; i++)
            {
                char[] other = [.. word];
                other[i] = 'z';
                WordHash.AreEqual(word, other).Should().BeFalse();
                WordHash.Of(word).Should().NotBe(WordHash.Of(other));
            }
        }
    }
}
