using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NlpPretrain.Text;

/// <summary>A corpus as one stream of token ids in a temporary file: tokenized once, then read by windows, in constant memory at any size.</summary>
/// <remarks>
/// An id takes 2 bytes where the tokenizer has at most 65,536, else 4. Each passage is tokenized with its line end behind it and without the tokenizer's frame. The file is
/// deleted with this object.
/// </remarks>
public sealed class TokenFile : IDisposable
{
    private const int MostShortIds = 1 << 16, WriteBuffer = 1 << 16;

    private readonly TemporaryIds _file = new();
    private readonly bool _areShort;

    private TokenFile(int vocabularySize) => (VocabularySize, _areShort) = (vocabularySize, vocabularySize <= MostShortIds);

    /// <summary>Number of tokens, those between documents included.</summary>
    public long Count { get; private set; }

    /// <summary>Number of words: runs of characters between white space, and one for each line end that has tokens, as WikiText counts its &lt;eos&gt;.</summary>
    /// <remarks>What a perplexity per word divides by. Models with different tokenizers compare where all of them keep line ends, or none does: then it depends on the text alone.</remarks>
    public long WordCount { get; private set; }

    /// <summary>SHA-256 of the ids as they lie in the file, in lower-case hexadecimal digits: what tells two texts of equal length apart.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>Number of ids that the tokenizer has.</summary>
    public int VocabularySize { get; }

    /// <summary>Bytes of an id in the file, 2 or 4.</summary>
    public int BytesPerToken => _areShort ? sizeof(ushort) : sizeof(int);

    /// <summary>Reads a window. Threads may read at the same time.</summary>
    /// <param name="start">The first token's place, from 0.</param>
    /// <param name="ids">Is filled.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not within the stream.</exception>
    /// <exception cref="IOException">The temporary file was cut short.</exception>
    public void Read(long start, Span<int> ids)
    {
        if (start < 0 || start > Count - ids.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(start), start,
                FormattableString.Invariant($"A window of {ids.Length} tokens from {start} on is not within the stream of {Count} tokens."));
        }

        Span<byte> bytes = MemoryMarshal.AsBytes(ids);
        if (!_areShort)
        {
            _file.Read(bytes, start * sizeof(int));
            return;
        }

        // The short ids come to lie in the second half of the span; widening from the front never overtakes them.
        Span<byte> half = bytes[(bytes.Length / 2)..];
        _file.Read(half, start * sizeof(ushort));
        ReadOnlySpan<ushort> ushorts = MemoryMarshal.Cast<byte, ushort>(half);
        for (int i = 0; i < ids.Length; i++) ids[i] = ushorts[i];
    }

    /// <summary>Tokenizes a corpus, which streams. The result is the same at any number of workers.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">Gives the ids.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The end-of-text token is not one of the tokenizer's, or the number of workers is below 1.</exception>
    /// <exception cref="CorpusException">The corpus cannot be read, or has no text.</exception>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static TokenFile Create(ICorpus corpus, Tokenizer tokenizer, TokenFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(tokenizer);
        options ??= new TokenFileOptions();
        int workers = options.Workers ?? Environment.ProcessorCount;
        if (workers < 1) throw new ArgumentException($"Workers is {workers}; it must be at least 1 (TokenFileOptions.Workers).", nameof(options));

        Source source = new(tokenizer, options);
        TokenFile file = new(tokenizer.Count);
        try
        {
            using Writer writer = new(file);
            PassageBatches.Encode<Batch>(corpus, workers, (batch, passages) => batch.Encode(passages, source), Write, cancellationToken);
            if (file.Count == 0) throw new CorpusException("The corpus has no text; there is nothing to train on or to evaluate.");

            writer.EndDocument(source);
            writer.End();
            return file;

            void Write(Batch batch) => writer.Write(batch, source);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => _file.Dispose();

    private sealed class Source
    {
        internal Source(Tokenizer tokenizer, TokenFileOptions options)
        {
            (Tokenizer, Options) = (tokenizer, options);
            CountsLineEnds = tokenizer.Encode(options.LineEnd, new EncodeOptions { AddSpecialTokens = false, MatchSpecialTokens = false }).Count > 0;
            if (options.EndOfText is not { } token) return;
            if (!tokenizer.TryGetId(token, out int id))
            {
                throw new ArgumentException(
                    $"The tokenizer has no token \"{token}\" to end a document (TokenFileOptions.EndOfText); give it to the tokenizer as a special token.", nameof(options));
            }

            EndOfText = id;
        }

        internal Tokenizer Tokenizer { get; }

        internal TokenFileOptions Options { get; }

        internal bool CountsLineEnds { get; }

        internal int? EndOfText { get; }
    }

    /// <summary>The ids of some passages, and where documents begin among them.</summary>
    private sealed class Batch
    {
        private char[] _line = new char[256];

        internal List<int> Ids { get; } = [];

        internal List<(int Start, long Document)> Documents { get; } = [];

        internal long WordCount { get; private set; }

        internal void Encode(List<Passage> passages, Source source)
        {
            Ids.Clear();
            Documents.Clear();
            WordCount = 0;
            foreach ((long document, string text) in passages)
            {
                if (Documents.Count == 0 || Documents[^1].Document != document) Documents.Add((Ids.Count, document));
                int length = text.Length + source.Options.LineEnd.Length;
                if (_line.Length < length) Array.Resize(ref _line, Math.Max(length, 2 * _line.Length));
                text.CopyTo(_line);
                source.Options.LineEnd.CopyTo(_line.AsSpan(text.Length));
                source.Tokenizer.Encode(_line.AsSpan(0, length), source.Options.MatchSpecialTokens, Ids);
                WordCount += CountWords(text) + (source.CountsLineEnds ? 1 : 0);
            }
        }

        private static int CountWords(string text)
        {
            int count = 0;
            bool isInWord = false;
            foreach (char character in text)
            {
                bool isSpace = char.IsWhiteSpace(character);
                if (!isSpace && !isInWord) count++;
                isInWord = !isSpace;
            }

            return count;
        }
    }

    private sealed class Writer(TokenFile target) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly int[] _ids = new int[WriteBuffer];
        private readonly ushort[] _shortIds = new ushort[WriteBuffer];
        private int _buffered;
        private long _document = -1;

        internal void Write(Batch batch, Source source)
        {
            ReadOnlySpan<int> ids = CollectionsMarshal.AsSpan(batch.Ids);
            for (int i = 0; i < batch.Documents.Count; i++)
            {
                (int start, long document) = batch.Documents[i];
                if (_document >= 0 && document != _document) EndDocument(source);
                _document = document;
                Put(ids[start..(i + 1 < batch.Documents.Count ? batch.Documents[i + 1].Start : ids.Length)]);
            }

            target.WordCount += batch.WordCount;
        }

        internal void EndDocument(Source source)
        {
            if (source.EndOfText is { } id) Put([id]);
        }

        internal void End()
        {
            Flush();
            target.Sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());
        }

        public void Dispose() => _hash.Dispose();

        private void Flush()
        {
            for (int i = 0; i < _buffered; i++) _shortIds[i] = (ushort)_ids[i];
            Span<byte> bytes = target._areShort ? MemoryMarshal.AsBytes(_shortIds.AsSpan(0, _buffered)) : MemoryMarshal.AsBytes(_ids.AsSpan(0, _buffered));
            target._file.Append(bytes);
            _hash.AppendData(bytes);
            _buffered = 0;
        }

        private void Put(ReadOnlySpan<int> ids)
        {
            target.Count += ids.Length;
            while (!ids.IsEmpty)
            {
                if (_buffered == WriteBuffer) Flush();
                int count = Math.Min(ids.Length, WriteBuffer - _buffered);
                ids[..count].CopyTo(_ids.AsSpan(_buffered));
                _buffered += count;
                ids = ids[count..];
            }
        }
    }
}
