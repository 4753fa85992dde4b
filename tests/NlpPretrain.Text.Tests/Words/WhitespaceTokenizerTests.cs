namespace NlpPretrain.Text.Tests;

public sealed class WhitespaceTokenizerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" \t ", "")]
    [InlineData("one", "one")]
    [InlineData(" The  quick\tbrown\u3000fox.\u00A0", "The quick brown fox.")]
    [InlineData("中国 \uD840 x", "中国 \uD840 x")]
    public void Cuts_at_white_space(string text, string words) => new WhitespaceTokenizer().Cut(text).Should().Be(words);

    [Fact]
    public void A_passage_is_one_sentence() => new WhitespaceTokenizer().Sentences("A b . C d !\nE").Should().HaveCount(1);

    [Fact]
    public void Folds_case_by_the_invariant_culture_where_asked() => TokenizerTesting.InCulture("tr-TR", () =>
        new WhitespaceTokenizer(lowerCase: true).Cut("IN ÇA ÄÖ").Should().Be("in ça äö"));

    [Fact]
    public void Agrees_with_splitting_at_white_space_at_every_length()
    {
        Random random = new(1);
        WhitespaceTokenizer tokenizer = new();
        for (int i = 0; i < 3000; i++)
        {
            string text = i % 2 == 0
                ? TokenizerTesting.RandomText(random, i / 10)
                : new string([.. Enumerable.Range(0, i / 10).Select(_ => random.Next(3) == 0 ? ' ' : (char)random.Next(128))]);
            tokenizer.Sentences(text).SelectMany(words => words).Should().Equal(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
