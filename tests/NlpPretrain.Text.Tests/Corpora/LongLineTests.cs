using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Corpora;

public sealed class LongLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void TheLongestPassageIsNotCut(string lineBreak)
    {
        string longest = new('x', Passage.MaxLength), words = $"two {longest[4..]}";

        Texts(words + lineBreak).Should().Equal(words);
        Texts(longest + lineBreak).Should().Equal(longest);
        Texts(longest + "y" + lineBreak).Should().Equal(longest, "y");

    }

    [Fact]
    public void ALongLineIsCutAfterItsLastWhiteSpace()
    {
        string head = new string('x', 1000) + " " + new string('y', 500) + "\u3000";

        Texts(head + new string('z', Passage.MaxLength)).Should().Equal(head, new string('z', Passage.MaxLength));
    }

    [Fact]
    public void APairOfSurrogatesIsNotCut()
    {
        string head = new('x', Passage.MaxLength - 1);

        Texts(head + "😀y").Should().Equal(head, "😀y");
        Texts("x" + head[1..^1] + "😀y").Should().Equal(head[1..] + "😀", "y");
    }

    [Fact]
    public void PiecesOfALineAreOneDocument()
    {
        string file = _folder.Write("1", new string('x', 2 * Passage.MaxLength) + "\nnext\n");

        new TextFileCorpus(file) { Boundary = DocumentBoundary.Line }.Read().Select(p => p.Document).Should().Equal(0, 0, 1);
    }

    [Fact]
    public void ALineOfAnyLengthIsReadInConstantMemory()
    {
        const int Length = 50 << 20;
        string file = _folder.WriteBytes("1", []);
        using (FileStream stream = File.OpenWrite(file))
        {
            byte[] block = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
            for (int written = 0; written < Length; written += block.Length) stream.Write(block);
        }

        var corpus = new TextFileCorpus(file) { Boundary = DocumentBoundary.Line };
        corpus.Read(1).Should().BeEmpty();

        long before = GC.GetAllocatedBytesForCurrentThread(), characters = 0;
        foreach (Passage passage in corpus.Read())
        {
            if (passage.Text.Length > Passage.MaxLength) Assert.Fail($"A passage has {passage.Text.Length} characters.");
            characters += passage.Text.Length;
        }

        characters.Should().Be(Length);
        long beyondText = GC.GetAllocatedBytesForCurrentThread() - before - (sizeof(char) * characters);
        beyondText.Should().BeLessThan(2 << 20, "only the passages themselves take memory");

        before = GC.GetAllocatedBytesForCurrentThread();
        corpus.Read(1).Should().BeEmpty();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20, "passages that are passed over are not made");
    }

    private List<string> Texts(string text)
    {
        List<string> read = [.. new TextFileCorpus(_folder.Write("1", text)).Read().Select(passage => passage.Text)];
        new InMemoryCorpus(text).Read().Select(passage => passage.Text).Should().Equal(read, "a text in memory follows the same rules");
        return read;
    }
}
