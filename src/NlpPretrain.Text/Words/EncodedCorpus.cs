using System.Runtime.InteropServices;

namespace NlpPretrain.Text;

/// <summary>A corpus as word ids in a temporary file: tokenized once, then read any number of times, in blocks of whole sentences.</summary>
/// <remarks>
/// Words outside the vocabulary are left out, as the original word2vec does, or have one id of the caller's, as language models need it; a sentence
/// longer than a block is cut. Memory grows by 16 bytes a block, not with the text. The file is deleted with this object.
/// </remarks>
public sealed class EncodedCorpus : IDisposable
{
    /// <summary>The id that ends each sentence.</summary>
    public const int SentenceEnd = -1;

    private const int LeftOut = -1;

    private readonly TemporaryIds _file = new();
    private readonly List<long> _blockStarts = [0];
    private readonly List<long> _wordsBefore = [0];

    private EncodedCorpus(int blockWords) => BlockWords = blockWords;

    /// <summary>Words that a block reaches before it ends with its sentence, and the most that one sentence has.</summary>
    public int BlockWords { get; }

    /// <summary>Number of blocks.</summary>
    public int BlockCount => _blockStarts.Count - 1;

    /// <summary>Number of words that have an id.</summary>
    public long WordCount => _wordsBefore[^1];

    /// <summary>Number of words, known or not, that the tokenizer found.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Number of words before a block; <paramref name="block"/> may be <see cref="BlockCount"/>.</summary>
    /// <param name="block">0 to <see cref="BlockCount"/>.</param>
    public long WordsBefore(int block) => _wordsBefore[block];

    /// <summary>Number of ids of a block, with its sentence ends.</summary>
    /// <param name="block">0 to <see cref="BlockCount"/> − 1.</param>
    public int LengthOf(int block) => (int)(_blockStarts[block + 1] - _blockStarts[block]);

    /// <summary>Reads a block: word ids, and <see cref="SentenceEnd"/> after each sentence. Threads may read at the same time.</summary>
    /// <param name="block">0 to <see cref="BlockCount"/> − 1.</param>
    /// <param name="ids">At least <see cref="LengthOf"/> long.</param>
    /// <returns>The part of <paramref name="ids"/> that was filled.</returns>
    /// <exception cref="IOException">The temporary file was cut short.</exception>
    public Span<int> Read(int block, Span<int> ids)
    {
        Span<int> target = ids[..LengthOf(block)];
        _file.Read(MemoryMarshal.AsBytes(target), _blockStarts[block] * sizeof(int));
        return target;
    }

    /// <summary>Tokenizes a corpus and writes its ids. The result is the same at any number of workers.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">Cuts text to words.</param>
    /// <param name="vocabulary">Gives words their ids.</param>
    /// <param name="blockWords">See <see cref="BlockWords"/>; at least 1. Default 1,000.</param>
    /// <param name="workers">Threads that tokenize, at least 1.</param>
    /// <param name="unknown">The id of words that the vocabulary does not hold, at least 0. Default null: they are left out.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CorpusException">The corpus cannot be read.</exception>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    public static EncodedCorpus Encode(ICorpus corpus, IWordTokenizer tokenizer, WordVocabulary vocabulary,
        int blockWords = 1_000, int workers = 1, int? unknown = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockWords, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        if (unknown is { } id) ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(unknown));

        EncodedCorpus encoded = new(blockWords);
        try
        {
            Writer writer = new(encoded);
            PassageBatches.Encode<Batch>(corpus, workers, (batch, passages) => batch.Encode(passages, tokenizer, vocabulary, unknown ?? LeftOut), Write, cancellationToken);
            writer.Finish();
            return encoded;

            void Write(Batch batch)
            {
                encoded.TokenCount += batch.TokenCount;
                writer.Write(CollectionsMarshal.AsSpan(batch.Ids));
            }
        }
        catch
        {
            encoded.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => _file.Dispose();

    private sealed class Batch
    {
        private readonly WordBuffer _words = new();

        internal List<int> Ids { get; } = [];

        internal long TokenCount { get; private set; }

        internal void Encode(List<Passage> passages, IWordTokenizer tokenizer, WordVocabulary vocabulary, int unknown)
        {
            Ids.Clear();
            TokenCount = 0;
            foreach (Passage passage in passages)
            {
                _words.Clear();
                tokenizer.Tokenize(passage.Text, _words);
                TokenCount += _words.Count;
                int at = 0;
                foreach (int end in _words.SentenceEnds)
                {
                    int start = Ids.Count;
                    for (; at < end; at++)
                    {
                        int id = vocabulary.IdOf(_words[at]);
                        if (id < 0) id = unknown;
                        if (id >= 0) Ids.Add(id);
                    }

                    if (Ids.Count > start) Ids.Add(SentenceEnd);
                }
            }
        }
    }

    private sealed class Writer(EncodedCorpus target)
    {
        private readonly int[] _buffer = new int[1 << 16];
        private int _buffered, _sentenceWords, _blockWords;
        private long _written;

        internal void Write(ReadOnlySpan<int> ids)
        {
            foreach (int id in ids)
            {
                if (id == SentenceEnd)
                {
                    EndSentence();
                    continue;
                }

                if (_sentenceWords == target.BlockWords) EndSentence();
                Put(id);
                _sentenceWords++;
                _blockWords++;
            }
        }

        internal void Finish()
        {
            if (_blockWords > 0) EndBlock();
            Flush();
        }

        private void EndSentence()
        {
            if (_sentenceWords == 0) return;

            Put(SentenceEnd);
            _sentenceWords = 0;
            if (_blockWords >= target.BlockWords) EndBlock();
        }

        private void EndBlock()
        {
            target._blockStarts.Add(_written + _buffered);
            target._wordsBefore.Add(target._wordsBefore[^1] + _blockWords);
            _blockWords = 0;
        }

        private void Put(int id)
        {
            if (_buffered == _buffer.Length) Flush();
            _buffer[_buffered++] = id;
        }

        private void Flush()
        {
            target._file.Append(MemoryMarshal.AsBytes(_buffer.AsSpan(0, _buffered)));
            _written += _buffered;
            _buffered = 0;
        }
    }
}
