using System.Buffers;
using System.Runtime.InteropServices;

namespace NlpPretrain.Text;

/// <summary>A corpus as token ids in temporary files, with the places where sentences and documents begin: constant memory at any size.</summary>
/// <remarks>
/// A token takes 4 bytes: its id, or the complement of its id where it goes on with the word of the token before it. Sentences and documents without tokens are left out.
/// The files are deleted with this object.
/// </remarks>
internal sealed class SentenceFile : IDisposable
{
    private readonly TemporaryIds _tokens = new();
    private readonly NumberFile _sentences = new(), _documents = new();

    private SentenceFile()
    {
    }

    /// <summary>Number of tokens.</summary>
    internal long Count { get; private set; }

    internal long SentenceCount => _sentences.Count - 1;

    internal long DocumentCount => _documents.Count - 1;

    /// <summary>The place of a sentence's first token; the sentence may be <see cref="SentenceCount"/>. Not for several threads.</summary>
    internal long StartOf(long sentence) => _sentences[sentence];

    /// <summary>A document's first sentence; the document may be <see cref="DocumentCount"/>. Not for several threads.</summary>
    internal long FirstSentenceOf(long document) => _documents[document];

    /// <summary>Reads tokens: ids, and complements of ids that go on with a word.</summary>
    internal void Read(long start, Span<int> tokens) => _tokens.Read(MemoryMarshal.AsBytes(tokens), start * sizeof(int));

    /// <exception cref="CorpusException">The corpus cannot be read.</exception>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    internal static SentenceFile Create(ICorpus corpus, Tokenizer tokenizer, SentenceFileOptions options, CancellationToken cancellationToken)
    {
        SentenceFile file = new();
        try
        {
            Source source = new(tokenizer, options);
            long document = -1;
            PassageBatches.Encode<Batch>(corpus, options.Workers, (batch, passages) => batch.Encode(passages, source), batch => file.Write(batch, ref document), cancellationToken);
            file._documents.Add(file._sentences.Count);
            file._sentences.Add(file.Count);
            file._documents.Flush();
            file._sentences.Flush();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _sentences.Dispose();
        _documents.Dispose();
    }

    private void Write(Batch batch, ref long document)
    {
        int start = 0;
        foreach ((int end, long number) in batch.Sentences)
        {
            if (number != document) _documents.Add(_sentences.Count);
            document = number;
            _sentences.Add(Count + start);
            start = end;
        }

        _tokens.Append(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(batch.Tokens)));
        Count += batch.Tokens.Count;
    }

    private sealed class Source
    {
        private readonly bool[] _goesOn;

        internal Source(Tokenizer tokenizer, SentenceFileOptions options)
        {
            (Tokenizer, Options) = (tokenizer, options);
            string? prefix = (tokenizer.Model as WordPieceModel)?.Options.Prefix;
            _goesOn = new bool[tokenizer.Count];
            if (string.IsNullOrEmpty(prefix)) return;
            for (int id = 0; id < _goesOn.Length; id++) _goesOn[id] = tokenizer.PieceOf(id).StartsWith(prefix, StringComparison.Ordinal) && !tokenizer.SpecialIds.ContainsKey(tokenizer.PieceOf(id));
        }

        internal Tokenizer Tokenizer { get; }

        internal SentenceFileOptions Options { get; }

        internal bool GoesOn(int id) => _goesOn[id];
    }

    /// <summary>The tokens of some passages, and where sentences end among them.</summary>
    private sealed class Batch
    {
        private static readonly SearchValues<char> NoChinese = SearchValues.Create([.. Enumerable.Range(0, 0x3005).Select(i => (char)i)]);
        private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, MatchSpecialTokens = false };

        private readonly List<(int Start, int Length)> _sentences = [], _words = [];

        internal List<int> Tokens { get; } = [];

        internal List<(int End, long Document)> Sentences { get; } = [];

        internal void Encode(List<Passage> passages, Source source)
        {
            Tokens.Clear();
            Sentences.Clear();
            foreach ((long document, string text) in passages)
            {
                _sentences.Clear();
                if (source.Options.SplitsPassages) SentenceSplitter.Split(text, _sentences);
                else _sentences.Add((0, text.Length));
                foreach ((int start, int length) in _sentences)
                {
                    int before = Tokens.Count;
                    Encode(text.AsSpan(start, length), source);
                    if (Tokens.Count > before) Sentences.Add((Tokens.Count, document));
                }
            }
        }

        private void Encode(ReadOnlySpan<char> sentence, Source source)
        {
            int first = Tokens.Count;
            if (source.Options.ChineseWords is { } segmenter && sentence.ContainsAnyExcept(NoChinese)) Encode(sentence, source, segmenter);
            else source.Tokenizer.Encode(sentence, matchSpecialTokens: false, Tokens);

            Span<int> tokens = CollectionsMarshal.AsSpan(Tokens)[first..];
            for (int i = 1; i < tokens.Length; i++)
            {
                if (tokens[i] >= 0 && source.GoesOn(tokens[i])) tokens[i] = ~tokens[i];
            }
        }

        /// <summary>A token goes on with a word where it starts in the same Chinese word as the token before it.</summary>
        private void Encode(ReadOnlySpan<char> sentence, Source source, ChineseSegmenter segmenter)
        {
            _words.Clear();
            segmenter.Split(sentence, _words);
            TokenizedText encoded = source.Tokenizer.Encode(sentence, Plain);
            int word = 0, wordBefore = -1;
            for (int i = 0; i < encoded.Count; i++)
            {
                int place = encoded.Offsets[i].Start;
                while (word < _words.Count && _words[word].Start + _words[word].Length <= place) word++;
                bool isWithin = word < _words.Count && _words[word].Start <= place && HasChinese(sentence.Slice(_words[word].Start, _words[word].Length));
                Tokens.Add(isWithin && word == wordBefore ? ~encoded.Ids[i] : encoded.Ids[i]);
                wordBefore = isWithin ? word : -1;
            }
        }

        private static bool HasChinese(ReadOnlySpan<char> word)
        {
            for (int i = 0; i < word.Length;)
            {
                if (CharacterClasses.At(word, i, out int length) == CharacterClass.Han) return true;
                i += length;
            }

            return false;
        }
    }
}
