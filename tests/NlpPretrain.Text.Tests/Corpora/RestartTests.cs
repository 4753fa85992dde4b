using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Corpora;

public sealed class RestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnyDocumentStartsTheTailOfTheWhole()
    {
        var random = new Random(5);
        string[] texts = [.. Enumerable.Range(0, 5).Select(_ => Reference.RandomText(random, random.Next(8))), "", "one\n\ntwo\n"];
        for (int index = 0; index < texts.Length; index++) _folder.Write($"{index}.txt", texts[index]);

        foreach (DocumentBoundary boundary in Enum.GetValues<DocumentBoundary>())
        {
            IsExact(() => new TextFileCorpus(_folder.Path) { Boundary = boundary });
        }

        IsExact(() => new InMemoryCorpus(texts));
        IsExact(() => new ConcatenatedCorpus(
            new InMemoryCorpus("one", ""), new InMemoryCorpus(), new InMemoryCorpus(texts), new InMemoryCorpus("x")));
        IsExact(() => new HeldOutSplit(new InMemoryCorpus(texts), 3).Training);
        IsExact(() => new HeldOutSplit(new InMemoryCorpus(texts), 3).HeldOut);
    }

    private static void IsExact(Func<ICorpus> open)
    {
        List<Passage> whole = [.. open().Read()];
        ICorpus used = open();
        for (long first = whole[^1].Document + 2; first >= 0; first--)
        {
            foreach (ICorpus corpus in new[] { used, open() })
            {
                corpus.Read(first).SequenceEqual(whole.Where(passage => passage.Document >= first)).Should().BeTrue("of a start at {0}", first);
            }
        }
    }
}
