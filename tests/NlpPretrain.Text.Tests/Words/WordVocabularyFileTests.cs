using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed class WordVocabularyFileTests
{
    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    public void A_saved_vocabulary_is_loaded_again_in_any_culture(string culture) => TokenizerTesting.InCulture(culture, () =>
    {
        using TemporaryFolder folder = new();
        string path = folder.File("words.txt");
        string[] words = ["\uFEFFmark", "the", "中国", "𠀀", "two words", " ", "\u2028", "é", "\0", "-1"];
        WordVocabulary vocabulary = WordVocabulary.Create(words, [9, 1234567, 8, 7, 6, 5, 4, 3, 2, long.MaxValue / 2]);

        vocabulary.Save(path);
        WordVocabulary loaded = WordVocabulary.Load(path);

        loaded.Words.Should().Equal(words);
        loaded.TotalWords.Should().Be(vocabulary.TotalWords);
        Enumerable.Range(0, words.Length).Select(loaded.CountOf).Should().Equal(Enumerable.Range(0, words.Length).Select(vocabulary.CountOf));
        File.ReadAllText(path).Should().Contain("the 1234567\n中国 8\n");
        Directory.GetFiles(folder.Path).Should().ContainSingle("nothing is left beside the file");
    });

    [Fact]
    public void Windows_line_ends_a_byte_order_mark_and_a_missing_last_line_end_are_read() =>
        Load("\uFEFFthe 5\r\nof 3"u8).Words.Should().Equal("the", "of");

    [Theory]
    [InlineData("a 3\nb\n", "words, line 2: expected a word, a space and a count; found 'b'.")]
    [InlineData("a 3\n\nb 1\n", "words, line 2: *")]
    [InlineData("a 3\n 4\n", "words, line 2: expected a word before the space*")]
    [InlineData("a 3\nb 2.5\n", "words, line 2: expected a whole count of 0 or more*'b 2.5'*")]
    [InlineData("a 3\nb -2\n", "words, line 2: expected a whole count*")]
    [InlineData("a 3\nb 1,000\n", "words, line 2: expected a whole count*")]
    [InlineData("a 3\nb \n", "words, line 2: expected a whole count*")]
    [InlineData("a 3\nb 99999999999999999999\n", "words, line 2: expected a whole count*")]
    [InlineData("a 3\nb 2\na 1\n", "words, line 3: expected words that are all different; found 'a 1'.")]
    [InlineData("a\rb 3\n", "words, line 1: expected a word without a line break*")]
    [InlineData("", "words is empty*")]
    [InlineData("a 9223372036854775807\nb 1\n", "*add up to more than*")]
    public void A_bad_line_is_an_error_that_names_it(string content, string message) =>
        FluentActions.Invoking(() => Load(Encoding.UTF8.GetBytes(content))).Should().Throw<CorpusException>().WithMessage(message);

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)' ', (byte)'1', (byte)'\n', (byte)'b', 0xC3, (byte)' ', (byte)'1' }, "words, line 2: expected UTF-8; byte 2 of the line, 0xC3*")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80, (byte)' ', (byte)'1' }, "words, line 1: expected UTF-8; byte 1*")]
    public void Invalid_UTF_8_is_an_error_that_names_the_byte(byte[] content, string message) =>
        FluentActions.Invoking(() => Load(content)).Should().Throw<CorpusException>().WithMessage(message);

    [Fact]
    public void A_line_without_end_is_an_error_before_it_fills_the_memory()
    {
        FluentActions.Invoking(() => WordVocabulary.Load(new EndlessStream(), "words")).Should().Throw<CorpusException>().WithMessage("words, line 1: expected lines of at most*");
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it() =>
        FluentActions.Invoking(() => WordVocabulary.Load("no-such-folder/words.txt")).Should().Throw<CorpusException>().WithMessage("no-such-folder/words.txt cannot be read*");

    private static WordVocabulary Load(ReadOnlySpan<byte> content)
    {
        using MemoryStream stream = new(content.ToArray());
        return WordVocabulary.Load(stream, "words");
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'a');
            return count;
        }
    }
}
