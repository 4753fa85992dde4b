namespace NlpPretrain.Word2Vec;

public sealed partial class WordVectors
{
    /// <summary>Reads the text format of word2vec, which fastText's .vec files share: a line "count dimensions", then a line a word.</summary>
    /// <param name="path">The file; it may be compressed with gzip.</param>
    /// <param name="options">What to accept; null for the defaults.</param>
    /// <exception cref="Serialization.ModelFormatException">The file is not in this format, or has a value or word that is not allowed.</exception>
    public static WordVectors ReadText(string path, VectorReadOptions? options = null) => ReadPath(path, options, isText: true);

    /// <summary>Reads the text format from a stream, which stays open.</summary>
    /// <param name="stream">Read to its end, unless <see cref="VectorReadOptions.MaximumWords"/> stops before.</param>
    /// <param name="name">What to call the stream in messages.</param>
    /// <param name="options">What to accept; null for the defaults.</param>
    /// <exception cref="Serialization.ModelFormatException">The file is not in this format, or has a value or word that is not allowed.</exception>
    public static WordVectors ReadText(Stream stream, string name, VectorReadOptions? options = null) => ReadStream(stream, name, options, isText: true);

    /// <summary>Reads the binary format of word2vec: a line "count dimensions", then for each word its bytes, a space and little-endian floats.</summary>
    /// <param name="path">The file; it may be compressed with gzip.</param>
    /// <param name="options">What to accept; null for the defaults.</param>
    /// <exception cref="Serialization.ModelFormatException">The file is not in this format, or has a value or word that is not allowed.</exception>
    public static WordVectors ReadBinary(string path, VectorReadOptions? options = null) => ReadPath(path, options, isText: false);

    /// <summary>Reads the binary format from a stream, which stays open.</summary>
    /// <param name="stream">Read to its end, unless <see cref="VectorReadOptions.MaximumWords"/> stops before.</param>
    /// <param name="name">What to call the stream in messages.</param>
    /// <param name="options">What to accept; null for the defaults.</param>
    /// <exception cref="Serialization.ModelFormatException">The file is not in this format, or has a value or word that is not allowed.</exception>
    public static WordVectors ReadBinary(Stream stream, string name, VectorReadOptions? options = null) => ReadStream(stream, name, options, isText: false);

    /// <summary>Writes the text format, with the shortest digits that read back to the same bits.</summary>
    /// <param name="path">The file, replaced where it exists.</param>
    /// <exception cref="ArgumentException">A word has a space, tab or line end in it; nothing is written.</exception>
    public void WriteText(string path)
    {
        VectorFileWriter.CheckWords(this);
        using FileStream file = Create(path);
        new VectorFileWriter(file).WriteText(this);
    }

    /// <summary>Writes the text format to a stream, which stays open.</summary>
    /// <param name="stream">Where to.</param>
    /// <exception cref="ArgumentException">A word has a space, tab or line end in it; nothing is written.</exception>
    public void WriteText(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        VectorFileWriter.CheckWords(this);
        new VectorFileWriter(stream).WriteText(this);
    }

    /// <summary>Writes the binary format.</summary>
    /// <param name="path">The file, replaced where it exists.</param>
    /// <param name="lineEnds">Whether a line end follows each vector, as the original program writes it (the default); without, as older gensim does.</param>
    /// <exception cref="ArgumentException">A word has a space, tab or line end in it; nothing is written.</exception>
    public void WriteBinary(string path, bool lineEnds = true)
    {
        VectorFileWriter.CheckWords(this);
        using FileStream file = Create(path);
        new VectorFileWriter(file).WriteBinary(this, lineEnds);
    }

    /// <summary>Writes the binary format to a stream, which stays open.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="lineEnds">Whether a line end follows each vector, as the original program writes it (the default); without, as older gensim does.</param>
    /// <exception cref="ArgumentException">A word has a space, tab or line end in it; nothing is written.</exception>
    public void WriteBinary(Stream stream, bool lineEnds = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        VectorFileWriter.CheckWords(this);
        new VectorFileWriter(stream).WriteBinary(this, lineEnds);
    }

    private static WordVectors ReadPath(string path, VectorReadOptions? options, bool isText)
    {
        using VectorSource source = VectorSource.Open(path);
        return VectorFileReader.Read(source, options, isText);
    }

    private static WordVectors ReadStream(Stream stream, string name, VectorReadOptions? options, bool isText)
    {
        using VectorSource source = VectorSource.Open(stream, name);
        return VectorFileReader.Read(source, options, isText);
    }

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
}
