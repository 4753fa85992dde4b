namespace NlpPretrain.Text.Tests;

/// <summary>A corpus in memory: a passage a document.</summary>
internal sealed class ListCorpus(params IReadOnlyList<string> passages) : ICorpus
{
    public IEnumerable<Passage> Read(long firstDocument = 0)
    {
        for (int i = (int)firstDocument; i < passages.Count; i++) yield return new Passage(i, passages[i]);
    }
}
