namespace NlpPretrain.Experiments.Baselines;

/// <summary>Words of a text as ids, with &lt;eos&gt; at the end of each line, as WikiText's published figures count them.</summary>
internal sealed class WordStream
{
    private const string EndOfLine = "<eos>";

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public int VocabularySize => _ids.Count;

    /// <summary>Reads the text that gives the vocabulary.</summary>
    public int[] ReadVocabulary(string path) => Read(path, word => _ids.TryGetValue(word, out int id) ? id : _ids[word] = _ids.Count);

    /// <summary>Reads another text.</summary>
    /// <exception cref="InvalidDataException">A word is not in the vocabulary, which is closed: the text has its own &lt;unk&gt;.</exception>
    public int[] Read(string path) =>
        Read(path, word => _ids.TryGetValue(word, out int id) ? id : throw new InvalidDataException($"{path} has the word '{word}', which the training text does not have."));

    private static int[] Read(string path, Func<string, int> find)
    {
        List<int> ids = [];
        foreach (string line in File.ReadLines(path))
        {
            ids.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(find));
            ids.Add(find(EndOfLine));
        }

        return [.. ids];
    }
}
