using System.Text;

namespace NlpPretrain.Text.Tests;

public sealed class WordPieceFileTests
{
    [Theory]
    [InlineData("[UNK]\na\nb\na\n", "vocab.txt, line 4: expected pieces that are all different, and line 2 has the same; found 'a'.")]
    [InlineData("[UNK]\n\nb\n", "vocab.txt, line 2: expected a piece of at least one character; found ''.")]
    [InlineData("[UNK]\r\na\r\n\r\n", "vocab.txt, line 3: expected a piece of at least one character; found ''.")]
    [InlineData("a\nb\n", "vocab.txt: expected the unknown piece '[UNK]' (WordPieceOptions.Unknown) among the 2 pieces; it is not there.")]
    [InlineData("", "vocab.txt: expected the unknown piece '[UNK]' (WordPieceOptions.Unknown) among the 0 pieces; it is not there.")]
    [InlineData("[UNK]\na\rb\n", "vocab.txt, line 2: expected a piece without a line break or a lone surrogate; found 'a\rb'.")]
    public void BadVocabulariesNameFileAndLine(string content, string message) =>
        FluentActions.Invoking(() => WordPieceModel.Load(new MemoryStream(Encoding.UTF8.GetBytes(content)), "vocab.txt"))
            .Should().Throw<TokenizerException>().WithMessage(message);

    [Fact]
    public void BytesThatAreNotUtf8NameTheLine() =>
        FluentActions.Invoking(() => WordPieceModel.Load(new MemoryStream([.. "[UNK]\na"u8, 0xC3, 0x28]), "vocab.txt"))
            .Should().Throw<TokenizerException>().WithMessage("vocab.txt, line 2: expected UTF-8; byte 2 of the line, 0xC3*");

    [Fact]
    public void LinesWithoutEndAreRefused() =>
        FluentActions.Invoking(() => WordPieceModel.Load(new MemoryStream(new byte[1 << 22]), "vocab.txt"))
            .Should().Throw<TokenizerException>().WithMessage("vocab.txt, line 1: expected lines of at most*");

    [Fact]
    public void MissingFilesAreNamed() =>
        FluentActions.Invoking(() => WordPieceModel.Load("missing/vocab.txt")).Should().Throw<TokenizerException>().WithMessage("missing/vocab.txt*");

    [Fact]
    public void AFileIsReadAsItWasWritten()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "vocab.txt");
        string[] pieces = ["\uFEFF", "[UNK]", "##\u2028", "𠀀", "\uFEFFx", "\u0085"];
        new WordPieceModel(pieces).Save(path);
        WordPieceModel.Load(path).Pieces.Should().Equal(pieces);
    }

    [Fact]
    public void PiecesThatNoFileCanHoldAreRefused()
    {
        FluentActions.Invoking(() => new WordPieceModel(["[UNK]", "\uD800"])).Should().Throw<TokenizerException>().WithMessage("The pieces, piece 1:*");
        FluentActions.Invoking(() => new WordPieceModel(["[UNK]", "a\n"])).Should().Throw<TokenizerException>();
    }

    [Fact]
    public void APieceThatIsThePrefixAloneIsAPieceOfItsOwn()
    {
        WordPieceModel model = new(["[UNK]", "##", "#", "##a"]);
        PieceBuffer pieces = new();
        model.Encode("##", pieces);
        model.Encode("#a", pieces);
        model.Encode("##a", pieces);        // a word may start with a piece that is written as a continuation, as the original has it
        pieces.Ids.ToArray().Should().Equal(1, 2, 3, 3);
    }
}
