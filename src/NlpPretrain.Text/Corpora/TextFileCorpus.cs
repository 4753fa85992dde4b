namespace NlpPretrain.Text;

/// <summary>A corpus of text files in UTF-8, of any number and size; files named <c>.gz</c> are decompressed as they are read.</summary>
/// <remarks>
/// A passage is a line, ended by LF or CRLF; lines without text give none. A byte order mark is skipped. Starting at a
/// document passes over the files before it unread where every file is a document, and reads without storing them otherwise.
/// <para>
/// <c>new TextFileCorpus("books/**/*.txt.gz")</c>,
/// <c>new TextFileCorpus("wiki.txt") { Boundary = DocumentBoundary.BlankLine }</c>
/// </para>
/// </remarks>
public sealed class TextFileCorpus : ICorpus
{
    private readonly string[] _files;
    private readonly DocumentBoundary _boundary = DocumentBoundary.File;

    /// <summary>Lists the files; none is opened yet.</summary>
    /// <param name="paths">
    /// In the order of the corpus, one or several of: a file; a folder, for all files in it and in its folders; a pattern, in which
    /// <c>*</c> stands for any characters and <c>?</c> for one within a name, and <c>**</c> for any folders, or none. The files of a
    /// folder or pattern are in ordinal order of their paths. Upper and lower case differ. Hidden files are left out unless the pattern
    /// names their first dot, and links to folders are not followed by <c>**</c>.
    /// </param>
    /// <exception cref="CorpusException">A file or folder does not exist or cannot be read, or no file is found.</exception>
    public TextFileCorpus(params IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        _files = [.. paths.SelectMany(FileList.Find)];
        if (_files.Length == 0) throw new CorpusException("No path was given: give at least one file, folder or pattern.");
    }

    /// <summary>The full paths of the files, in the order of the corpus.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Where documents end. By default every file is a document.</summary>
    public DocumentBoundary Boundary
    {
        get => _boundary;
        init => _boundary = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Not one of File, Line and BlankLine.");
    }

    /// <summary>
    /// Whether bytes that are not valid UTF-8 are read as U+FFFD. False by default: they give a <see cref="CorpusException"/>.
    /// </summary>
    public bool ReplaceInvalid { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Passage> Read(long firstDocument = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstDocument);
        return Boundary == DocumentBoundary.File ? ReadFiles(firstDocument) : ReadParts(firstDocument);
    }

    private IEnumerable<Passage> ReadFiles(long firstDocument)
    {
        using var lines = new CorpusLineReader(ReplaceInvalid);
        for (long document = firstDocument; document < _files.Length; document++)
        {
            lines.Open(_files[document]);
            while (lines.Next(out ReadOnlySpan<char> text, out _))
            {
                if (!text.IsWhiteSpace()) yield return new Passage(document, text.ToString());
            }
        }
    }

    private IEnumerable<Passage> ReadParts(long firstDocument)
    {
        using var lines = new CorpusLineReader(ReplaceInvalid);
        long document = 0;
        foreach (string file in _files)
        {
            lines.Open(file);
            bool lineHasText = false, documentHasText = false;
            while (lines.Next(out ReadOnlySpan<char> text, out bool endsLine))
            {
                bool hasText = !text.IsWhiteSpace();
                if (hasText && document >= firstDocument) yield return new Passage(document, text.ToString());

                lineHasText |= hasText;
                if (!endsLine) continue;

                documentHasText |= lineHasText;
                if (Boundary == DocumentBoundary.Line || (!lineHasText && documentHasText))
                {
                    document++;
                    documentHasText = false;
                }

                lineHasText = false;
            }

            if (Boundary == DocumentBoundary.BlankLine && documentHasText) document++;
        }
    }
}
