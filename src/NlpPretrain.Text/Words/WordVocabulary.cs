using System.Text;

namespace NlpPretrain.Text;

/// <summary>Words with their ids and counts. Immutable; threads may share it.</summary>
/// <remarks>A vocabulary that was built has its ids by falling count; one that was extended has the new words after the old ones.</remarks>
public sealed class WordVocabulary
{
    private readonly WordTable _words;
    private string[]? _strings;

    internal WordVocabulary(WordTable words)
    {
        _words = words;
        try
        {
            for (int id = 0; id < words.Count; id++) TotalWords = checked(TotalWords + words.CountAt(id));
        }
        catch (OverflowException overflow)
        {
            throw new CorpusException($"The counts of the vocabulary's words add up to more than {long.MaxValue}.", overflow);
        }
    }

    /// <summary>Number of words.</summary>
    public int Count => _words.Count;

    /// <summary>Sum of the counts of the vocabulary's words; words that it does not hold are not in it.</summary>
    public long TotalWords { get; }

    /// <summary>All words by their ids. Made at the first call, and kept.</summary>
    public IReadOnlyList<string> Words => Array.AsReadOnly(Strings);

    internal long CharacterCount => _words.Length;

    private string[] Strings
    {
        get
        {
            if (_strings is not null) return _strings;

            string[] strings = new string[Count];
            for (int id = 0; id < strings.Length; id++) strings[id] = _words.WordAt(id).ToString();
            return Interlocked.CompareExchange(ref _strings, strings, null) ?? strings;
        }
    }

    /// <summary>The word of an id.</summary>
    /// <param name="word">0 to <see cref="Count"/> − 1.</param>
    public string this[int word]
    {
        get
        {
            ThrowIfNoWord(word);
            return Strings[word];
        }
    }

    /// <summary>The characters of a word, without a string for it.</summary>
    /// <param name="word">0 to <see cref="Count"/> − 1.</param>
    public ReadOnlySpan<char> WordAt(int word)
    {
        ThrowIfNoWord(word);
        return _words.WordAt(word);
    }

    /// <summary>How often a word was read; 0 where that is not known.</summary>
    /// <param name="word">0 to <see cref="Count"/> − 1.</param>
    public long CountOf(int word)
    {
        ThrowIfNoWord(word);
        return _words.CountAt(word);
    }

    /// <summary>The id of a word.</summary>
    /// <param name="word">Its characters, of the same case and form as the tokenizer gave them.</param>
    /// <returns>0 to <see cref="Count"/> − 1, or −1 where the vocabulary has no such word.</returns>
    public int IdOf(ReadOnlySpan<char> word) => _words.Find(word);

    /// <summary>Counts the words of a corpus and makes a vocabulary of the frequent ones. The result is the same at any number of workers.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">Cuts text to words.</param>
    /// <param name="options">Which words to take. Default null: the default options.</param>
    /// <param name="workers">Threads, at least 1. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CorpusException">The corpus cannot be read, has no words, or has none that is frequent enough.</exception>
    public static WordVocabulary Build(ICorpus corpus, IWordTokenizer tokenizer, WordVocabularyOptions? options = null,
        int? workers = null, CancellationToken cancellationToken = default)
    {
        options ??= new WordVocabularyOptions();
        options.Validate();
        return CorpusWords.Count(corpus, tokenizer, workers, cancellationToken).Build(options.MinCount, options.MaxSize);
    }

    /// <summary>
    /// Makes a vocabulary of this one and another corpus, to train on with new words: old words keep their ids and get the counts added, new ones follow.
    /// </summary>
    /// <param name="corpus">The new text.</param>
    /// <param name="tokenizer">Cuts text to words, as it did for this vocabulary.</param>
    /// <param name="options">Which new words to take: the least count is that in the new text, the size is that of the whole. Default null: the default options.</param>
    /// <param name="workers">Threads, at least 1. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CorpusException">The corpus cannot be read, or has no words.</exception>
    public WordVocabulary Extend(ICorpus corpus, IWordTokenizer tokenizer, WordVocabularyOptions? options = null,
        int? workers = null, CancellationToken cancellationToken = default)
    {
        options ??= new WordVocabularyOptions();
        options.Validate();
        return CorpusWords.Count(corpus, tokenizer, workers, cancellationToken).Extend(this, options.MinCount, options.MaxSize);
    }

    /// <summary>Makes a vocabulary of given words, in their order, such as those of published vectors.</summary>
    /// <param name="words">Words, all different, none empty, none with a line break or a lone surrogate.</param>
    /// <param name="counts">Their counts, 0 or more. Default null: not known, all 0.</param>
    /// <exception cref="ArgumentException">A word or a count is not allowed.</exception>
    public static WordVocabulary Create(IReadOnlyList<string> words, IReadOnlyList<long>? counts = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (counts is not null && counts.Count != words.Count)
            throw new ArgumentException($"There are {words.Count} words but {counts.Count} counts.", nameof(counts));

        WordTable table = new(words.Count);
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (string.IsNullOrEmpty(word)) throw new ArgumentException($"Word {i} is empty.", nameof(words));
            if (!CanHold(word)) throw new ArgumentException($"Word {i} has a line break or a lone surrogate.", nameof(words));
            if (counts?[i] < 0) throw new ArgumentException($"The count of word {i}, '{word}', is {counts[i]}; it must be 0 or more.", nameof(counts));
            if (table.Add(word, counts?[i] ?? 0) != i) throw new ArgumentException($"Word {i}, '{word}', is there twice.", nameof(words));
        }

        return new WordVocabulary(table);
    }

    /// <summary>Writes the vocabulary to a file: a line a word, in the order of the ids, "word count", UTF-8. An older file is replaced at the end.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, Save);
    }

    /// <summary>Writes the vocabulary to a stream, which stays open.</summary>
    /// <param name="target">A stream that can be written.</param>
    public void Save(Stream target)
    {
        ArgumentNullException.ThrowIfNull(target);
        using StreamWriter writer = new(target, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };

        // A reader takes a leading byte order mark away: one more keeps the word whole.
        if (Count > 0 && WordAt(0)[0] == LineReader.ByteOrderMark) writer.Write(LineReader.ByteOrderMark);
        Span<char> number = stackalloc char[20];
        for (int id = 0; id < Count; id++)
        {
            writer.Write(_words.WordAt(id));
            writer.Write(' ');
            _words.CountAt(id).TryFormat(number, out int length, provider: System.Globalization.CultureInfo.InvariantCulture);
            writer.Write(number[..length]);
            writer.WriteLine();
        }
    }

    /// <summary>Reads a vocabulary from a file that <see cref="Save(string)"/>, or the original word2vec, wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CorpusException">The file is missing, or not a vocabulary: says the line, what was expected and what was found.</exception>
    public static WordVocabulary Load(string path) => WholeFile.Read(path, Load);

    /// <summary>Reads a vocabulary from a stream, to its end.</summary>
    /// <param name="source">A stream that can be read.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="CorpusException">The stream does not hold a vocabulary.</exception>
    public static WordVocabulary Load(Stream source, string name)
    {
        LineReader reader = new(source, name);
        WordTable table = new();
        while (reader.Read(out ReadOnlySpan<char> line))
        {
            int space = line.LastIndexOf(' ');
            if (space < 0) throw reader.Error("a word, a space and a count", line);
            ReadOnlySpan<char> word = line[..space];
            if (word.IsEmpty) throw reader.Error("a word before the space", line);
            if (word.Contains('\r')) throw reader.Error("a word without a line break", line);
            if (!LineReader.TryParseCount(line[(space + 1)..], out long count)) throw reader.Error("a whole count of 0 or more after the last space", line);
            if (table.Add(word, count) != reader.Line - 1) throw reader.Error("words that are all different", line);
        }

        if (table.Count == 0) throw new CorpusException($"{name} is empty; expected a vocabulary, a line a word: a word, a space and a count.");
        return new WordVocabulary(table);
    }

    /// <summary>Whether a word can be in a vocabulary: it has no lone surrogate, which UTF-8 cannot write, and no line break.</summary>
    internal static bool CanHold(ReadOnlySpan<char> word)
    {
        if (word.IndexOfAny('\n', '\r') >= 0) return false;

        int surrogate = word.IndexOfAnyInRange('\uD800', '\uDFFF');
        while (surrogate >= 0)
        {
            word = word[surrogate..];
            if (Rune.DecodeFromUtf16(word, out _, out int length) != System.Buffers.OperationStatus.Done) return false;
            word = word[length..];
            surrogate = word.IndexOfAnyInRange('\uD800', '\uDFFF');
        }

        return true;
    }

    private void ThrowIfNoWord(int word)
    {
        if ((uint)word >= (uint)Count) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)word, (uint)Count, nameof(word));
    }
}
