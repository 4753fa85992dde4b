namespace NlpPretrain.Text.Tests;

public sealed class SentenceSplitterTests
{
    [Theory]
    [InlineData("The cat sat. It slept! Did it? Yes", "The cat sat.|It slept!|Did it?|Yes")]
    [InlineData("Dr. Smith met J. Doe at 3.14 p.m. on Jan. 5.", "Dr. Smith met J. Doe at 3.14 p.m. on Jan. 5.")]
    [InlineData("He said \"Go.\" She went (at last!). End", "He said \"Go.\"|She went (at last!).|End")]
    [InlineData(" one . \n two ", "one .|two")]
    [InlineData("Wait... what?! No…… yes", "Wait...|what?!|No……|yes")]
    [InlineData("很好。真的！你说呢？“是的。”他笑了", "很好。|真的！|你说呢？|“是的。”|他笑了")]
    [InlineData("价格3.5元，不贵！！！推荐。", "价格3.5元，不贵！！！|推荐。")]
    [InlineData("", "")]
    [InlineData("  \n ", "")]
    [InlineData("。", "。")]
    [InlineData("no end", "no end")]
    public void Finds_the_sentences(string text, string sentences) => Cut(text).Should().Be(sentences);

    [Fact]
    public void Nothing_but_white_space_is_lost_in_any_text()
    {
        Random random = new(1);
        const string alphabet = "ab. !?。！…\n\"”)('中国\uD840.. x-1,\t";
        for (int i = 0; i < 2_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            List<(int Start, int Length)> sentences = [];
            SentenceSplitter.Split(text, sentences);
            int at = 0;
            foreach ((int start, int length) in sentences)
            {
                text[at..start].Should().BeNullOrWhiteSpace();
                length.Should().BePositive();
                char.IsWhiteSpace(text[start]).Should().BeFalse();
                char.IsWhiteSpace(text[start + length - 1]).Should().BeFalse();
                at = start + length;
            }

            text[at..].Should().BeNullOrWhiteSpace();
        }
    }

    private static string Cut(string text)
    {
        List<(int Start, int Length)> sentences = [];
        SentenceSplitter.Split(text, sentences);
        return string.Join('|', sentences.Select(sentence => text.Substring(sentence.Start, sentence.Length)));
    }
}
