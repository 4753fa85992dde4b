namespace NlpPretrain.Text.Tests;

public sealed class WordBufferTests
{
    [Fact]
    public void Keeps_many_words_and_sentences_apart()
    {
        WordBuffer words = new();
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 5000; i++)
            {
                words.Add($"Word{i}", lowerCase: i % 2 == 1);
                if (i % 7 == 6) words.EndSentence();
            }

            words.EndSentence();
            words.EndSentence();
            words.Count.Should().Be(5000);
            words.SentenceEnds.ToArray().Should().Equal(Enumerable.Range(1, 714).Select(i => 7 * i).Append(5000));
            for (int i = 0; i < 5000; i++) words[i].ToString().Should().Be(i % 2 == 1 ? $"word{i}" : $"Word{i}");

            words.Clear();
            words.Count.Should().Be(0);
            words.SentenceEnds.Length.Should().Be(0);
        }
    }

    [Fact]
    public void Empty_words_and_sentences_are_none()
    {
        WordBuffer words = new();
        words.EndSentence();
        words.Add("");
        words.EndSentence();

        words.Count.Should().Be(0);
        words.SentenceEnds.Length.Should().Be(0);
        FluentActions.Invoking(() => words[0].Length).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => words[-1].Length).Should().Throw<ArgumentOutOfRangeException>();
    }
}
