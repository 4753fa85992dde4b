namespace NlpPretrain.Text;

/// <summary>The documentation of the .NET libraries that comes with the SDK: about four million words of English.</summary>
/// <remarks>
/// A document is the XML file of one library (<c>packs/*.Ref/*/ref/*/*.xml</c>, of each pack the highest version, in ordinal order of
/// paths), a passage a paragraph. References are replaced by the simple name of what they refer to, blocks of code are left out, and white
/// space is collapsed. Paragraphs that repeat, as those of overloads do, are kept, and make two thirds of the words: dropping them would
/// take memory that grows with the corpus, and reading from its middle would need all before it.
/// </remarks>
public sealed class SdkDocumentationCorpus : ICorpus
{
    private readonly string[] _files;

    /// <summary>Lists the documentation files.</summary>
    /// <param name="dotnetFolder">
    /// The folder of the SDK, which holds <c>packs</c>. By default that above the running .NET, or else DOTNET_ROOT.
    /// </param>
    /// <exception cref="CorpusException">No SDK is found, or it has no documentation.</exception>
    public SdkDocumentationCorpus(string? dotnetFolder = null)
    {
        string packs = Path.Combine(SdkFolder.Find(dotnetFolder, "packs"), "packs");
        try
        {
            // Not deeper: translations of the documentation lie in a folder of their language.
            _files = [.. Directory.GetDirectories(packs, "*.Ref")
                .Select(SdkFolder.Newest)
                .Select(version => Path.Combine(version ?? "", "ref"))
                .Where(Directory.Exists)
                .SelectMany(Directory.GetDirectories)
                .SelectMany(framework => Directory.GetFiles(framework, "*.xml"))
                .OrderBy(FileList.Portable, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"'{packs}' cannot be listed: {exception.Message}", exception);
        }

        if (_files.Length == 0)
        {
            throw new CorpusException(
                $"'{packs}' holds no documentation: looked for *.Ref/<version>/ref/<framework>/*.xml. Install the .NET SDK.");
        }
    }

    /// <summary>The full paths of the documentation files, one a document.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <inheritdoc/>
    public IEnumerable<Passage> Read(long firstDocument = 0) => ReadMembers(firstDocument).Select(static at => at.Passage);

    /// <summary>The passages of <see cref="Read"/>, each with the member that it documents.</summary>
    /// <param name="firstDocument">Number of the document to start from, counted from 0; a number past the end gives nothing.</param>
    /// <exception cref="CorpusException">A file is missing, cannot be read or is not well-formed.</exception>
    public IEnumerable<MemberPassage> ReadMembers(long firstDocument = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstDocument);
        return ReadFrom(firstDocument);
    }

    private IEnumerable<MemberPassage> ReadFrom(long firstDocument)
    {
        for (long document = firstDocument; document < _files.Length; document++)
        {
            using var reader = new DocumentationReader(_files[document]);
            while (reader.Next() is { } paragraph) yield return new MemberPassage(reader.Member, new Passage(document, paragraph));
        }
    }
}
