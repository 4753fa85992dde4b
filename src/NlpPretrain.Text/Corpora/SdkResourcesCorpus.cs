namespace NlpPretrain.Text;

/// <summary>The messages of the .NET SDK in one of its languages: more than ten thousand strings, aligned with English.</summary>
/// <remarks>
/// A document is an assembly (<c>sdk/&lt;highest version&gt;/**/&lt;culture&gt;/*.resources.dll</c>), a passage a string, with its line
/// breaks; assemblies are in ordinal order of their names, strings of their keys. Of an assembly that the SDK holds several times, for
/// different tools, the first by path is read. The assemblies are read as data, never loaded.
/// </remarks>
public sealed class SdkResourcesCorpus : ICorpus
{
    private const string Extension = ".resources.dll";

    private readonly string[] _files;

    /// <summary>Lists the assemblies.</summary>
    /// <param name="culture">The language: a folder of the SDK, such as <c>zh-Hans</c>, <c>zh-Hant</c>, <c>ja</c>, <c>de</c>.</param>
    /// <param name="dotnetFolder">
    /// The folder of the SDK, which holds <c>sdk</c>. By default that above the running .NET, or else DOTNET_ROOT.
    /// </param>
    /// <exception cref="CorpusException">No SDK is found, or it has not this language; says which it has.</exception>
    public SdkResourcesCorpus(string culture, string? dotnetFolder = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(culture);
        Culture = culture;
        string sdks = Path.Combine(SdkFolder.Find(dotnetFolder, "sdk"), "sdk");
        try
        {
            string sdk = SdkFolder.Newest(sdks)
                ?? throw new CorpusException($"'{sdks}' holds no version of the SDK. Install the .NET SDK.");
            string[] all = Directory.GetFiles(sdk, "*" + Extension, SearchOption.AllDirectories);
            _files = [.. all
                .Where(file => CultureOf(file) == culture)
                .OrderBy(FileList.Portable, StringComparer.Ordinal)
                .DistinctBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase)
                .OrderBy(Path.GetFileName, StringComparer.Ordinal)];
            if (_files.Length == 0)
            {
                string cultures = string.Join(", ", all.Select(CultureOf).Distinct().Order(StringComparer.Ordinal));
                throw new CorpusException($"'{sdk}' holds no texts in '{culture}'. It has: {(cultures.Length == 0 ? "none" : cultures)}.");
            }
        }
        catch (Exception exception) when (exception is IOException and not CorpusException or UnauthorizedAccessException)
        {
            throw new CorpusException($"'{sdks}' cannot be listed: {exception.Message}", exception);
        }
    }

    /// <summary>The language.</summary>
    public string Culture { get; }

    /// <summary>The full paths of the language's assemblies, one a document.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <inheritdoc/>
    public IEnumerable<Passage> Read(long firstDocument = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstDocument);
        return ReadFrom(firstDocument);
    }

    /// <summary>The strings that have an English original other than themselves, assembly by assembly, in ordinal order of keys.</summary>
    /// <exception cref="CorpusException">An assembly cannot be read or is malformed.</exception>
    public IEnumerable<AlignedText> ReadPairs()
    {
        foreach (string file in _files)
        {
            string assembly = Path.GetFileName(file)[..^Extension.Length];
            string neutral = Path.Combine(Path.GetDirectoryName(file)!, "..", assembly);
            string? original = new[] { neutral + ".dll", neutral + ".exe" }.FirstOrDefault(File.Exists);
            if (original is null) continue;

            SortedDictionary<string, string> english = AssemblyResources.Read(Path.GetFullPath(original), culture: "");
            foreach ((string key, string translation) in AssemblyResources.Read(file, Culture))
            {
                if (!english.TryGetValue(key, out string? text) || text == translation) continue;
                if (string.IsNullOrWhiteSpace(text) || string.IsNullOrWhiteSpace(translation)) continue;

                yield return new AlignedText($"{assembly}/{key}", text, translation);
            }
        }
    }

    private IEnumerable<Passage> ReadFrom(long firstDocument)
    {
        for (long document = firstDocument; document < _files.Length; document++)
        {
            foreach (string text in AssemblyResources.Read(_files[document], Culture).Values)
            {
                foreach (string passage in PassageText.Pieces(text)) yield return new Passage(document, passage);
            }
        }
    }

    private static string CultureOf(string file) => Path.GetFileName(Path.GetDirectoryName(file))!;
}
