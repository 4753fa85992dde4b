using System.Text.Json;

namespace NlpPretrain.Text;

/// <summary>Reads and writes <c>tokenizer.json</c>, a whole tokenizer in one file, as Hugging Face's tokenizers library has it.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Models: <c>BPE</c>, <c>WordPiece</c>, <c>Unigram</c>.</item>
/// <item>Normalizers: none, <c>BertNormalizer</c>, and white space collapsed as <see cref="MetaspaceNormalizer"/> does it.</item>
/// <item>Pre-tokenizers: none, <c>BertPreTokenizer</c>, <c>ByteLevel</c> without a space before the text, <c>Metaspace</c>.</item>
/// <item>Post-processors: none, <c>ByteLevel</c>, <c>BertProcessing</c>, and those of <c>TemplateProcessing</c> that a <see cref="TokenFrame"/> can say.</item>
/// <item>Decoders: none, <c>WordPiece</c>, <c>BPEDecoder</c>, <c>ByteLevel</c>, <c>Metaspace</c>.</item>
/// </list>
/// Anything else, such as truncation, padding or added tokens that are not special, is refused by its name. Offsets of byte-level tokens have their spaces, whatever <c>trim_offsets</c> says.
/// </remarks>
public static class TokenizerJson
{
    private const long MaxLength = 1 << 28;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TokenizerException">The file cannot be read, or holds what is not supported: says the field, what was expected and what was found.</exception>
    public static Tokenizer Read(string path) => Parse(path, TokenizerJsonReader.Read);

    /// <summary>Reads a tokenizer from a stream, to its end.</summary>
    /// <param name="source">A stream that can be read.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="TokenizerException">The stream does not hold a tokenizer, or one that is not supported.</exception>
    public static Tokenizer Read(Stream source, string name) => Parse(source, name, TokenizerJsonReader.Read);

    /// <summary>Writes a tokenizer. An older file is replaced at the end.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="TokenizerException">The format has no name for a part of the tokenizer.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(Tokenizer tokenizer, string path)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, stream => Write(tokenizer, stream));
    }

    /// <summary>Writes a tokenizer to a stream, which stays open.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="target">A stream that can be written.</param>
    /// <exception cref="TokenizerException">The format has no name for a part of the tokenizer.</exception>
    public static void Write(Tokenizer tokenizer, Stream target)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(target);
        TokenizerJsonWriter.Write(tokenizer, target);
    }

    /// <summary>Reads something from the JSON of a file.</summary>
    internal static T Parse<T>(string path, Func<TokenizerJsonField, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream source = File.OpenRead(path);
            return Parse(source, path, read);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    private static T Parse<T>(Stream source, string name, Func<TokenizerJsonField, T> read)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            using JsonDocument document = JsonDocument.Parse(ReadAll(source, name), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return read(new TokenizerJsonField(name, "", document.RootElement));
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new TokenizerException($"{name}: expected a tokenizer in JSON; {failure.Message}", failure);
        }
    }

    private static MemoryStream ReadAll(Stream source, string name)
    {
        MemoryStream all = new();
        byte[] block = new byte[1 << 16];
        for (int read = source.Read(block); read > 0; read = source.Read(block))
        {
            if (all.Length + read > MaxLength) throw new TokenizerException($"{name}: expected at most {MaxLength >> 20} MiB; there is more.");
            all.Write(block, 0, read);
        }

        all.Position = 0;
        return all;
    }
}
