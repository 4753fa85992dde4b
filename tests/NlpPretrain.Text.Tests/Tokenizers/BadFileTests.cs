using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

/// <summary>The same faults in each format: one exception type that names the file, the place and the reason, before much memory is taken.</summary>
public sealed class BadFileTests : IDisposable
{
    private const string Words = "vocab.txt", Bytes = "vocab.json", Merges = "merges.txt", Gpt1 = "encoder_bpe.json", Gpt1Merges = "vocab.bpe", Whole = "tokenizer.json";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files => [Words, Bytes, Merges, Gpt1, Gpt1Merges, Whole];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Words, "[UNK]\na\nb\na\n", "line 4: expected pieces that are all different, and line 2 has the same; found 'a'.")]
    [InlineData(Words, "[UNK]\r\na\r\n\r\n", "line 3: expected a piece of at least one character; found ''.")]
    [InlineData(Words, "a\n", ": expected the unknown piece '[UNK]'*")]
    [InlineData(Words, "", ": expected the unknown piece '[UNK]'*among the 0 pieces*")]
    [InlineData(Bytes, """{"?": 0, "a": 1, "\u0061": 2}""", "byte 17: expected each piece once*")]
    [InlineData(Bytes, """{"?": 0, "a": 0}""", "byte 9: expected each id once*")]
    [InlineData(Bytes, """{"?": 0, "a": 2}""", "byte 9: expected an id from 0 to 1*")]
    [InlineData(Bytes, """{"?": 0, "a": -1}""", "byte 14: expected a whole number from 0*-1*")]
    [InlineData(Bytes, """{"?": 0, "a": 2147483648}""", "byte 14: expected a whole number from 0*2147483648*")]
    [InlineData(Bytes, """{"?": 0, "a": 4294967296}""", "byte 14: expected a whole number from 0*4294967296*")]
    [InlineData(Bytes, """{"?": 0, "a": 18446744073709551616}""", "byte 14: expected a whole number from 0*")]
    [InlineData(Bytes, """{"?": 0, "a": 1e2}""", "byte 14: expected a whole number from 0*")]
    [InlineData(Bytes, """{"?": 0, "a": null}""", "byte 14: expected a whole number from 0*")]
    [InlineData(Bytes, """{"?": 0, "a": {"b": 1}}""", "byte 14: expected a whole number from 0*")]
    [InlineData(Bytes, """{"?": 0, "": 1}""", "byte 9: expected a piece that is not empty*")]
    [InlineData(Bytes, "{\n\"?\": 0,\n\"a\" 1}", ": *LineNumber: 2*")]
    [InlineData(Bytes, "", ": *LineNumber: 0*")]
    [InlineData(Bytes, """{"#": 0, "##": 1}""", ": *no piece \"?\"*UnknownPiece*")]
    [InlineData(Merges, "# #\n#  #", "line 2: expected two pieces with one space between; found '#  #'.")]
    [InlineData(Merges, "# ?", "line 1: expected a merge of pieces of *vocab.json, but the vocabulary has no piece \"#?\"; found '# ?'.")]
    [InlineData(Merges, "#version: 0.2\n\n# #", "line 2: expected two pieces with one space between; found ''.")]
    [InlineData(Merges, "# #\n#version: 0.2", "line 2: expected a merge of pieces*\"#version:\"*")]
    [InlineData(Merges, "# #\r\n# #\r\n", "line 2: expected each merge once, and this is line 1 already; found '# #'.")]
    [InlineData(Merges, "# # ", "line 1: expected two pieces*")]
    [InlineData(Merges, "#\t#", "line 1: expected two pieces*")]
    [InlineData(Gpt1, """{"a": 0, "b": 0}""", "byte 9: expected each id once*")]
    [InlineData(Gpt1, """{"a": 0, "a</w>": 1, "aa</w>": 2}""", ": *no piece \"<unk>\"*UnknownPiece*")]
    [InlineData(Gpt1, "", ": *")]
    [InlineData(Gpt1Merges, "a b</w>", "line 1: expected a merge of pieces*\"b</w>\"*")]
    [InlineData(Gpt1Merges, "a a</w>\na a</w>", "line 2: expected each merge once*")]
    [InlineData(Whole, """{"version": "1.0", "version": "1.0"}""", ": expected a tokenizer in JSON; *version*")]
    [InlineData(Whole, "", ": expected a tokenizer in JSON; *LineNumber: 0*")]
    [InlineData(Whole, "[]", "the whole: expected an object; found 'an array'.")]
    [InlineData(Whole, "{}", "the whole: expected the property 'model'; found 'an object'.")]
    [InlineData(Whole, """{"model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"#":1},"merges":["# #"]}}""", "field model.merges[0]: expected a merge of known pieces to a known piece, and '##' is none*")]
    [InlineData(Whole, """{"model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"#":1},"merges":[["#","#","#"]]}}""", "field model.merges[0]: expected two pieces*")]
    [InlineData(Whole, """{"model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"#":1},"merges":[["#",""]]}}""", "field model.merges[0]: *")]
    [InlineData(Whole, """{"model":{"type":"BPE","unk_token":"<unk>","vocab":{"?":0},"merges":[]}}""", "field model.unk_token: expected a piece of the vocabulary; found '\"<unk>\"'.")]
    [InlineData(Whole, """{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""", "field model.vocab: *UnknownPiece*")]
    [InlineData(Whole, """{"model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"a":4294967296},"merges":[]}}""", "field model.vocab[\"a\"]: expected a whole number*4294967296*")]
    [InlineData(Whole, """{"model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"a":0},"merges":[]}}""", "field model.vocab[\"a\"]: expected each id once*")]
    [InlineData(Whole, """{"model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"":1},"merges":[]}}""", "field model.vocab[\"\"]: expected a piece*")]
    [InlineData(Whole, """{"model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"a":1,"\u0061":2},"merges":[]}}""", ": expected a tokenizer in JSON; *'a'*")]
    [InlineData(Whole, """{"model":{"type":"WordPiece","unk_token":"?","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"?":0,"a\n":1}}}""",
        "field model.vocab, piece 1: expected a piece without a line break*")]
    [InlineData(Whole, """{"model":{"type":"Unigram","unk_id":-1,"vocab":[["?",0]]}}""", "field model.unk_id: expected a whole number*-1*")]
    [InlineData(Whole, """{"model":{"type":"Unigram","unk_id":0,"vocab":[]}}""", "field model.unk_id: expected the id of one of the 0 pieces*")]
    [InlineData(Whole, """{"model":{"type":"Unigram","unk_id":0,"vocab":[["?",0],["?",0]]}}""", "field model.vocab[1][0]: expected each piece once*")]
    [InlineData(Whole, """{"added_tokens":[{"id":4294967296,"content":"<s>","special":true}],"model":{"type":"Unigram","unk_id":0,"vocab":[["?",0]]}}""", "field added_tokens[0].id: *4294967296*")]
    [InlineData(Whole, """{"added_tokens":[{"id":1,"content":"","special":true}],"model":{"type":"Unigram","unk_id":0,"vocab":[["?",0]]}}""", "field added_tokens[0].content: *")]
    public void AFaultIsNamedWithItsPlace(string file, string content, string fault) =>
        Refused(file, Encoding.UTF8.GetBytes(content), fault);

    [Theory]
    [InlineData(Words, "line 2: expected UTF-8; byte 2 of the line, 0xC3*")]
    [InlineData(Bytes, "byte 9: expected UTF-8; found '0xC3'.")]
    [InlineData(Merges, "line 2: expected UTF-8; byte 2 of the line, 0xC3*")]
    [InlineData(Gpt1, "byte 9: expected UTF-8; found '0xC3'.")]
    [InlineData(Gpt1Merges, "line 2: expected UTF-8; byte 2 of the line, 0xC3*")]
    [InlineData(Whole, "byte 9: expected UTF-8; found '0xC3'.")]
    public void BytesThatAreNotUtf8AreNamed(string file, string fault)
    {
        byte[] start = file is Words ? [.. "[UNK]\na"u8] : file is Merges ? [.. "# #\na"u8] : file is Gpt1Merges ? [.. "a a</w>\na"u8] : [.. "{\"?\": 0, "u8];
        Refused(file, [.. start, 0xC3, 0x28], fault);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void AMissingFileIsNamed(string file)
    {
        WriteGood();
        File.Delete(_folder.File(file));
        Refused(file, "*cannot be read*");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void AFolderIsNoFile(string file)
    {
        WriteGood();
        File.Delete(_folder.File(file));
        Directory.CreateDirectory(_folder.File(file));
        Refused(file, "*cannot be read*");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void MarksOfByteOrderAndLineEndsOfWindowsAreRead(string file)
    {
        WriteGood();
        TokenModel good = Read(file);
        string content = File.ReadAllText(_folder.File(file)).ReplaceLineEndings("\r\n");
        content.Should().Contain("\r\n");
        File.WriteAllText(_folder.File(file), content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        TokenModel read = Read(file);
        Enumerable.Range(0, read.Count).Select(read.PieceOf).Should().Equal(Enumerable.Range(0, good.Count).Select(good.PieceOf));
        if (read is BytePairModel pairs) pairs.Merges.Should().Equal(((BytePairModel)good).Merges);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void AHugeFileOfOneLineIsRefusedWithoutTheMemoryForIt(string file)
    {
        WriteGood();
        long length = file is Whole ? TokenizerJson.MaxLength + 1 : (1 << 30) + 1;
        using (FileStream stream = File.OpenWrite(_folder.File(file))) stream.SetLength(length);        // zeros that take no room on the disk
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(file, file is Words or Merges or Gpt1Merges ? "*line *expected lines of at most 1048576 bytes*" : "*at most*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(16 << 20);
    }

    [Fact]
    public void AStreamThatDoesNotEndIsRefused()
    {
        FluentActions.Invoking(() => WordPieceModel.Load(new Endless("a"u8.ToArray()), Words)).Should().Throw<TokenizerException>().WithMessage("vocab.txt, line 1: expected lines of at most*");
        FluentActions.Invoking(() => WordPieceModel.Load(new Endless([.. new byte[1 << 20], (byte)'\n']), Words)).Should().Throw<TokenizerException>()
            .WithMessage("vocab.txt, line 64: expected at most 8388608 pieces of 67108864 characters*");
    }

    [Fact]
    public void MergesMayBeInAnyOrder()
    {
        _folder.Write(Bytes, """{"?": 0, "a": 1, "aa": 2, "aaa": 3}""");
        _folder.Write(Merges, "aa a\na a\n");
        BytePairModel model = (BytePairModel)Read(Merges);
        model.Merges.Should().Equal(new BytePairMerge("aa", "a"), new BytePairMerge("a", "a"));
        PieceBuffer pieces = new();
        model.Encode("aaaa", pieces);
        pieces.Ids.ToArray().Should().Equal(3, 1);
    }

    [Fact]
    public void PiecesThatNoFileCanHoldAreNoPieces()
    {
        FluentActions.Invoking(() => new BytePairModel(["?", "a\uD800"], [], new() { UnknownPiece = "?" })).Should().Throw<ArgumentException>().WithMessage("Piece 1*lone surrogate*");
        FluentActions.Invoking(() => new Tokenizer(new WordPieceModel(["[UNK]"]), specialTokens: ["\uDC00"])).Should().Throw<ArgumentException>().WithMessage("*lone surrogate*");
        BytePairModel spaced = new(["?", "a ", "b", "a b"], [new("a ", "b")], new() { UnknownPiece = "?" });
        FluentActions.Invoking(() => spaced.Write(_folder.File(Bytes), _folder.File(Merges))).Should().Throw<TokenizerException>().WithMessage("*merges.txt, line 2: expected parts without spaces*'a b'.");
        File.Exists(_folder.File(Bytes)).Should().BeFalse();
    }

    private void Refused(string file, byte[] content, string fault)
    {
        WriteGood();
        File.WriteAllBytes(_folder.File(file), content);
        Refused(file, fault.StartsWith(':') || fault.StartsWith('*') ? fault : $", {fault}");
    }

    private void Refused(string file, string fault) =>
        FluentActions.Invoking(() => Read(file)).Should().Throw<TokenizerException>().WithMessage($"{_folder.File(file)}{fault}");

    private void WriteGood()
    {
        _folder.Write(Words, "[UNK]\na\n##a\n");
        _folder.Write(Bytes, "{\n\"?\": 0,\n\"#\": 1, \"##\": 2}");
        _folder.Write(Merges, "#version: 0.2\n# #\n");
        _folder.Write(Gpt1, "{\n\"<unk>\": 0,\n\"a\": 1, \"a</w>\": 2, \"aa</w>\": 3}");
        _folder.Write(Gpt1Merges, "#version: 0.2\na a</w>\n");
        _folder.Write(Whole, "{\n\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"?\",0],\n[\"a\",-1]]}}");
    }

    private TokenModel Read(string file) => file switch
    {
        Words => WordPieceModel.Load(_folder.File(Words)),
        Bytes or Merges => BytePairModel.Read(_folder.File(Bytes), _folder.File(Merges), new() { UnknownPiece = "?" }),
        Gpt1 or Gpt1Merges => BytePairModel.Read(_folder.File(Gpt1), _folder.File(Gpt1Merges), BytePairOptions.Gpt1),
        _ => TokenizerJson.Read(_folder.File(Whole)).Model,
    };

    /// <summary>Gives the same bytes again and again.</summary>
    private sealed class Endless(byte[] block) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (int done = 0; done < count; _at = (_at + 1) % block.Length) buffer[offset + done++] = block[_at];
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
