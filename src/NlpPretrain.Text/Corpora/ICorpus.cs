namespace NlpPretrain.Text;

/// <summary>A source of text for pretraining: documents in a fixed order, of any number and size, read in constant memory.</summary>
public interface ICorpus
{
    /// <summary>Reads the corpus from a document on. Every call starts a new, independent reading and gives the same passages.</summary>
    /// <param name="firstDocument">Number of the document to start from, counted from 0; a number past the end gives nothing.</param>
    /// <returns>The passages of each document in order; a document with no text gives no passage but keeps its number.</returns>
    /// <exception cref="CorpusException">A file is missing, cannot be read or is not valid UTF-8.</exception>
    IEnumerable<Passage> Read(long firstDocument = 0);
}
