namespace NlpPretrain.Text;

/// <summary>A corpus of texts in memory, each a document; a passage is a line of it.</summary>
public sealed class InMemoryCorpus : ICorpus
{
    private readonly string[] _documents;

    /// <summary>Copies the list.</summary>
    /// <param name="documents">The documents, in the order of the corpus.</param>
    public InMemoryCorpus(params IEnumerable<string> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        _documents = [.. documents];
        int missing = Array.IndexOf(_documents, null);
        if (missing < 0) return;

        throw new ArgumentException($"Document {missing} is null; an empty document is an empty string.", nameof(documents));
    }

    /// <inheritdoc/>
    public IEnumerable<Passage> Read(long firstDocument = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstDocument);
        return ReadFrom(firstDocument);
    }

    private IEnumerable<Passage> ReadFrom(long firstDocument)
    {
        for (long document = firstDocument; document < _documents.Length; document++)
        {
            foreach (string line in PassageText.Lines(_documents[document])) yield return new Passage(document, line);
        }
    }
}
