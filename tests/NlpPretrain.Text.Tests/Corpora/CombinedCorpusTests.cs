namespace NlpPretrain.Text.Tests.Corpora;

public sealed class CombinedCorpusTests
{
    [Fact]
    public void ATextInMemoryIsADocumentOfLines()
    {
        var corpus = new InMemoryCorpus("one\r\ntwo\n\n", "", "three", " \n");

        corpus.Read().Should().Equal(new(0, "one"), new(0, "two"), new Passage(2, "three"));
        corpus.Invoking(c => c.Read(-1)).Should().Throw<ArgumentOutOfRangeException>();
        corpus.Invoking(_ => new InMemoryCorpus("a", null!)).Should().Throw<ArgumentException>().WithMessage("Document 1*");
    }

    [Fact]
    public void AConcatenationNumbersOn()
    {
        var corpus = new ConcatenatedCorpus(new InMemoryCorpus("a", "", "b", ""), new InMemoryCorpus(), new InMemoryCorpus("", "c"));

        corpus.Read().Should().Equal(new(0, "a"), new(2, "b"), new Passage(4, "c"));
    }

    [Fact]
    public void AConcatenationCountsAPartOnce()
    {
        var part = new CountingCorpus(new InMemoryCorpus("a", "b"));
        var corpus = new ConcatenatedCorpus(part, new InMemoryCorpus("c", "d"));

        for (int time = 0; time < 3; time++) corpus.Read(3).Should().Equal(new Passage(3, "d"));

        part.Readings.Should().Be(2, "the first start finds nothing, then counts");
    }

    [Fact]
    public void TheSplitHasEveryDocumentOnce()
    {
        var whole = new InMemoryCorpus(Enumerable.Range(0, 23).Select(number => $"{number}\nagain {number}"));
        var split = new HeldOutSplit(whole, every: 5);

        split.HeldOut.Read().Select(passage => passage.Document).Distinct().Should().Equal(4, 9, 14, 19);
        split.Training.Read().Concat(split.HeldOut.Read()).Should().BeEquivalentTo(whole.Read());
        split.Training.Read().Should().HaveCount(2 * 19);
        whole.Invoking(c => new HeldOutSplit(c, every: 1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private sealed class CountingCorpus(ICorpus corpus) : ICorpus
    {
        public int Readings { get; private set; }

        public IEnumerable<Passage> Read(long firstDocument = 0)
        {
            Readings++;
            return corpus.Read(firstDocument);
        }
    }
}
