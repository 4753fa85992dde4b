using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Corpora;

public sealed class TextFileCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryFileIsADocumentByDefault()
    {
        var corpus = new TextFileCorpus(_folder.Write("1", "one\r\n\n  \ntwo"), _folder.Write("2", ""), _folder.Write("3", "three\n"));

        corpus.Read().Should().Equal(new(0, "one"), new(0, "two"), new Passage(2, "three"));
    }

    [Fact]
    public void EveryLineMayBeADocument()
    {
        var corpus = new TextFileCorpus(_folder.Write("1", "one\r\n\ntwo"), _folder.Write("2", "\n \nthree\n")) { Boundary = DocumentBoundary.Line };

        corpus.Read().Should().Equal(new(0, "one"), new(2, "two"), new Passage(5, "three"));
    }

    [Fact]
    public void BlankLinesMaySeparateDocuments()
    {
        var corpus = new TextFileCorpus(_folder.Write("1", "\n\none\r\ntwo\r\n\r\n \t\r\nthree\n\n"), _folder.Write("2", "\n\n"), _folder.Write("3", "four\n\nfive"))
        {
            Boundary = DocumentBoundary.BlankLine,
        };

        corpus.Read().Should().Equal(new(0, "one"), new(0, "two"), new(1, "three"), new(2, "four"), new Passage(3, "five"));
    }

    [Fact]
    public void OnlyTheCarriageReturnOfALineBreakIsRemoved() =>
        new TextFileCorpus(_folder.Write("1", "a\rb\r\r\nc\r")).Read().Select(p => p.Text).Should().Equal("a\rb\r", "c\r");

    [Theory]
    [InlineData(DocumentBoundary.File)]
    [InlineData(DocumentBoundary.Line)]
    [InlineData(DocumentBoundary.BlankLine)]
    public void EqualsThePlainReading(DocumentBoundary boundary)
    {
        for (int seed = 0; seed < 4; seed++)
        {
            var random = new Random(seed);
            string[] texts = [.. Enumerable.Range(0, 3).Select(_ => Reference.RandomText(random, random.Next(20)))];
            string[] files = [.. texts.Select((text, index) => index == 1
                ? _folder.WriteBytes($"{index}.txt.gz", Reference.Compress(Encoding.UTF8.GetBytes(text)))
                : _folder.Write($"{index}.txt", text))];

            var read = new TextFileCorpus(files) { Boundary = boundary }.Read().ToList();

            read.SequenceEqual(Reference.Read(texts, boundary)).Should().BeTrue("seed {0}", seed);
            read.Should().OnlyContain(passage => passage.Text.Length <= Passage.MaxLength);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void ALineBreakOrCharacterMayLieAcrossBlocks(int shift)
    {
        foreach (string across in new[] { "\r\n", "é", "中", "😀" })
        {
            string text = new string('x', 40_000) + "\n" + new string('y', 25_535 - shift) + across + "z\n";
            Encoding.UTF8.GetByteCount(text).Should().BeGreaterThan(1 << 16);

            new TextFileCorpus(_folder.Write("1", text)).Read().Select(p => p.Text).Should().Equal(Reference.Lines(text));
        }
    }

    [Fact]
    public void AByteOrderMarkIsSkippedAtTheStartOfEachFileOnly()
    {
        string first = _folder.WriteBytes("1", "\uFEFFone\n\uFEFFtwo"u8), second = _folder.WriteBytes("2.gz", Reference.Compress("\uFEFFthree"u8));

        new TextFileCorpus(first, second).Read().Select(p => p.Text).Should().Equal("one", "\uFEFFtwo", "three");
        new TextFileCorpus(_folder.WriteBytes("3", "\uFEFF"u8)).Read().Should().BeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(70_000)]
    public void InvalidBytesAreNamedWithTheirPlace(int before)
    {
        byte[] text = [.. Enumerable.Repeat((byte)'a', before), 0xE4, 0xB8, 0x41];
        string plain = _folder.WriteBytes("plain.txt", text), compressed = _folder.WriteBytes("packed.gz", Reference.Compress(text));

        Reading(plain).Should().Throw<CorpusException>().WithMessage($"*plain.txt*byte {before} (0xE4)*");
        Reading(compressed).Should().Throw<CorpusException>().WithMessage($"*packed.gz*byte {before} of the uncompressed text (0xE4)*");
    }

    [Fact]
    public void ACharacterThatTheEndOfTheFileCutsIsInvalid() =>
        Reading(_folder.WriteBytes("1", [0x61, 0x0A, 0xF0, 0x9F, 0x98])).Should().Throw<CorpusException>().WithMessage("*byte 2 (0xF0)*");

    [Fact]
    public void SurrogatesInUtf8AreInvalid() =>
        Reading(_folder.WriteBytes("1", [0xED, 0xA0, 0x80])).Should().Throw<CorpusException>().WithMessage("*byte 0 (0xED)*");

    [Fact]
    public void InvalidBytesAreReplacedWhenAskedTo()
    {
        string file = _folder.WriteBytes("1", [0x61, 0xFF, 0x62, 0x0A, 0x63, 0xC3]);

        new TextFileCorpus(file) { ReplaceInvalid = true }.Read().Select(p => p.Text).Should().Equal("a\uFFFDb", "c\uFFFD");
    }

    [Fact]
    public void CompressedMembersAreReadOneAfterAnother()
    {
        string file = _folder.WriteBytes("1.GZ", [.. Reference.Compress("one\ntw"u8), .. Reference.Compress("o\nthree"u8)]);

        new TextFileCorpus(file).Read().Select(p => p.Text).Should().Equal("one", "two", "three");
    }

    [Fact]
    public void ADamagedCompressedFileIsNamed()
    {
        Reading(_folder.WriteBytes("plain.gz", "plain text"u8)).Should().Throw<CorpusException>().WithMessage("*plain.gz*not a whole gzip file*");
        byte[] packed = Reference.Compress(Encoding.UTF8.GetBytes(Reference.RandomText(new Random(1), 50)));
        packed[packed.Length / 2] ^= 0x55;
        Reading(_folder.WriteBytes("bad.gz", packed)).Should().Throw<CorpusException>().WithMessage("*bad.gz*");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void ACompressedFileThatIsCutOffAnywhereIsNamed(int lines)
    {
        byte[] first = Reference.Compress("one member"u8), second = Reference.Compress(Encoding.UTF8.GetBytes(Reference.RandomText(new Random(2), lines)));
        byte[] packed = [.. first, .. second];
        for (int length = 1; length < packed.Length; length += length < first.Length + 40 || length > packed.Length - 20 ? 1 : packed.Length / 12)
        {
            if (length == first.Length) continue;

            Reading(_folder.WriteBytes("cut.gz", packed.AsSpan(0, length))).Should()
                .Throw<CorpusException>("{0} of {1} bytes are there", length, packed.Length).WithMessage("*cut.gz*not a whole gzip file*");
        }

        Reading(_folder.WriteBytes("followed.gz", [.. packed, .. "more"u8])).Should().Throw<CorpusException>().WithMessage("*something follows*");
        Reading(_folder.WriteBytes("whole.gz", packed))().Should().NotBeEmpty();
        Reading(_folder.WriteBytes("empty.gz", []))().Should().BeEmpty();
    }

    [Fact]
    public void AFileThatIsGoneWhenItIsReadIsNamed()
    {
        var corpus = new TextFileCorpus(_folder.Write("gone.txt", "text"));
        File.Delete(_folder.File("gone.txt"));

        corpus.Invoking(c => c.Read().ToList()).Should().Throw<CorpusException>().WithMessage("*gone.txt*");
    }

    [Fact]
    public void ArgumentsAreCheckedAtOnce()
    {
        string file = _folder.Write("1", "a");

        file.Invoking(f => new TextFileCorpus(f).Read(-1)).Should().Throw<ArgumentOutOfRangeException>();
        file.Invoking(f => new TextFileCorpus(f) { Boundary = (DocumentBoundary)7 }).Should().Throw<ArgumentOutOfRangeException>();
        file.Invoking(_ => new TextFileCorpus()).Should().Throw<CorpusException>();
        file.Invoking(_ => new TextFileCorpus("")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void StartingAtAFileDoesNotOpenThoseBeforeIt()
    {
        string broken = _folder.WriteBytes("1", [0xFF]), good = _folder.Write("2", "good");

        new TextFileCorpus(broken, good).Read(1).Should().Equal(new Passage(1, "good"));
    }

    private static Func<List<Passage>> Reading(string file) => () => [.. new TextFileCorpus(file).Read()];
}
