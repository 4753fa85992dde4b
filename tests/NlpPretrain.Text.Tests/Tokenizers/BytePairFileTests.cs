using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Tokenizers;

public sealed class BytePairFileTests
{
    private const string Vocabulary = """{"?": 0, "a": 1, "b": 2, "ab": 3, "#": 4, "##": 5}""";

    private static readonly BytePairOptions Form = new() { UnknownPiece = "?" };

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        using TemporaryFolder folder = new();
        string vocabulary = Path.Combine(folder.Path, "vocab.json"), merges = Path.Combine(folder.Path, "merges.txt");
        BytePairModel model = BytePairTesting.ReadGpt2();
        model.Write(vocabulary, merges);
        BytePairModel read = BytePairModel.Read(vocabulary, merges);
        read.Pieces.SequenceEqual(model.Pieces).Should().BeTrue();
        read.Merges.SequenceEqual(model.Merges).Should().BeTrue();
        File.ReadAllBytes(merges).Should().Equal(File.ReadAllBytes(BytePairTesting.Gpt2Merges));
    }

    [Fact]
    public void AMergeOfNumberSignsIsAMerge() => Read(Vocabulary, "# #\na b").Merges.Should().Equal(new BytePairMerge("#", "#"), new BytePairMerge("a", "b"));

    [Fact]
    public void TheVersionIsNoMergeAndLinesMayEndAsOnWindows() =>
        Read(Vocabulary, "#version: 0.2\r\na b\r\n").Merges.Should().Equal(new BytePairMerge("a", "b"));

    [Theory]
    [InlineData("""{"?": 0, "a": 1, "a": 2}""", "", "*vocab.json, byte 17*each piece once*")]
    [InlineData("""{"?": 0, "a": 0}""", "", "*vocab.json, byte 9*each id once*")]
    [InlineData("""{"?": 0, "a": 2}""", "", "*vocab.json, byte 9*from 0 to 1*")]
    [InlineData("""{"?": 0, "a": -1}""", "", "*vocab.json, byte 14*whole number*-1*")]
    [InlineData("""{"?": 0, "a": 4294967297}""", "", "*vocab.json, byte 14*whole number*4294967297*")]
    [InlineData("""{"?": 0, "a": 1.5}""", "", "*vocab.json, byte 14*whole number*1.5*")]
    [InlineData("""{"?": 0, "a": "1"}""", "", "*vocab.json, byte 14*whole number*")]
    [InlineData("""{"?": 0, "": 1}""", "", "*vocab.json, byte 9*not empty*")]
    [InlineData("""{"?": 0, "\ud800": 1}""", "", "*vocab.json, byte 9*")]
    [InlineData("""["a"]""", "", "*vocab.json, byte 0*object*")]
    [InlineData("""{"?": 0""", "", "*vocab.json*")]
    [InlineData("""{"?": 0} {}""", "", "*vocab.json*")]
    [InlineData("", "", "*vocab.json*")]
    [InlineData("""{"a": 0}""", "", "*vocab.json*no piece \"?\"*")]
    [InlineData(Vocabulary, "#version: 0.2\na c", "*merges.txt, line 2*\"c\"*")]
    [InlineData(Vocabulary, "b a", "*merges.txt, line 1*\"ba\"*")]
    [InlineData(Vocabulary, "a b\n\n", "*merges.txt, line 2*two pieces*")]
    [InlineData(Vocabulary, "a", "*merges.txt, line 1*two pieces*")]
    [InlineData(Vocabulary, "a b b", "*merges.txt, line 1*two pieces*")]
    [InlineData(Vocabulary, " a", "*merges.txt, line 1*two pieces*")]
    [InlineData(Vocabulary, "a b\na b", "*merges.txt, line 2*each merge once*line 1*")]
    public void ABadFileIsRefused(string vocabulary, string merges, string message) =>
        FluentActions.Invoking(() => Read(vocabulary, merges)).Should().Throw<TokenizerException>().WithMessage(message);

    [Fact]
    public void BytesThatAreNotUtf8AreRefused()
    {
        FluentActions.Invoking(() => Read([.. "{\"?\": 0, \""u8, 0xFF, .. "\": 1}"u8], [])).Should().Throw<TokenizerException>().WithMessage("*vocab.json, byte 10*UTF-8*0xFF*");
        FluentActions.Invoking(() => Read(Encoding.UTF8.GetBytes(Vocabulary), [0x61, 0xC3])).Should().Throw<TokenizerException>().WithMessage("*merges.txt, line 1*UTF-8*byte 2*0xC3*");
    }

    [Fact]
    public void AMissingFileIsNamed() =>
        FluentActions.Invoking(() => BytePairModel.Read("absent.json", "absent.txt")).Should().Throw<TokenizerException>().WithMessage("absent.json cannot be read*");

    private static BytePairModel Read(string vocabulary, string merges) => Read(Encoding.UTF8.GetBytes(vocabulary), Encoding.UTF8.GetBytes(merges));

    private static BytePairModel Read(byte[] vocabulary, byte[] merges)
    {
        using TemporaryFolder folder = new();
        string vocabularyPath = Path.Combine(folder.Path, "vocab.json"), mergesPath = Path.Combine(folder.Path, "merges.txt");
        File.WriteAllBytes(vocabularyPath, vocabulary);
        File.WriteAllBytes(mergesPath, merges);
        return BytePairModel.Read(vocabularyPath, mergesPath, Form);
    }
}
