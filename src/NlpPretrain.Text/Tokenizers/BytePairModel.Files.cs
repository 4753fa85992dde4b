namespace NlpPretrain.Text;

public sealed partial class BytePairModel
{
    /// <summary>Reads a vocabulary with its merges: vocab.json and merges.txt, or as OpenAI named them, encoder.json and vocab.bpe.</summary>
    /// <remarks>Lines end with LF or CR LF and have at most 1 MiB; the JSON has at most 64 MiB. Byte order marks are skipped.</remarks>
    /// <param name="vocabularyPath">A JSON object from piece to id, the ids 0 to the number of pieces less 1 in any order.</param>
    /// <param name="mergesPath">Lines of two pieces with a space between, the first merged first; a first line that starts with <c>#version</c> is none.</param>
    /// <param name="options">The form of the pieces. Default null: <see cref="BytePairOptions.Gpt2"/>.</param>
    /// <exception cref="TokenizerException">A file cannot be read, is not UTF-8 or not of this form, or the two do not fit; says where.</exception>
    public static BytePairModel Read(string vocabularyPath, string mergesPath, BytePairOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(vocabularyPath);
        ArgumentException.ThrowIfNullOrEmpty(mergesPath);
        Dictionary<string, int> ids = BytePairFiles.ReadVocabulary(vocabularyPath);
        List<BytePairMerge> merges = BytePairFiles.ReadMerges(mergesPath, vocabularyPath, ids);
        string[] pieces = new string[ids.Count];
        foreach ((string piece, int id) in ids) pieces[id] = piece;
        try
        {
            return new BytePairModel(pieces, merges, options ?? BytePairOptions.Gpt2);
        }
        catch (ArgumentException problem)
        {
            throw new TokenizerException($"{vocabularyPath}: {problem.Message}", problem);
        }
    }

    /// <summary>Writes the vocabulary and the merges, as <see cref="Read"/> and Hugging Face's library read them.</summary>
    /// <param name="vocabularyPath">The JSON file from piece to id.</param>
    /// <param name="mergesPath">The lines of merges.</param>
    /// <exception cref="TokenizerException">A merge has a space or a line break in a part, which the form cannot hold.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Write(string vocabularyPath, string mergesPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(vocabularyPath);
        ArgumentException.ThrowIfNullOrEmpty(mergesPath);
        CheckMerges(mergesPath);
        WholeFile.Write(vocabularyPath, stream => BytePairFiles.WriteVocabulary(stream, _pieces));
        WholeFile.Write(mergesPath, stream => BytePairFiles.WriteMerges(stream, _merges));
    }

    /// <summary>Finds a merge that a file of merges cannot hold.</summary>
    internal void CheckMerges(string path) => BytePairFiles.CheckMerges(path, _merges);
}
