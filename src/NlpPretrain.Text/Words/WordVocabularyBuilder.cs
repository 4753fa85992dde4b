namespace NlpPretrain.Text;

/// <summary>Counts words, and makes a <see cref="WordVocabulary"/> of them. For one thread; counts of several are added up by <see cref="Merge"/>.</summary>
public sealed class WordVocabularyBuilder
{
    private readonly WordTable _words = new();

    /// <summary>Number of words read, repetitions included.</summary>
    public long WordsRead { get; private set; }

    /// <summary>Number of different words.</summary>
    public int DistinctWords => _words.Count;

    /// <summary>Counts the words of a buffer.</summary>
    /// <param name="words">Words of any number of sentences, open or closed.</param>
    public void Add(WordBuffer words)
    {
        ArgumentNullException.ThrowIfNull(words);

        _words.Add(words);
        WordsRead += words.Count;
    }

    /// <summary>Counts one word.</summary>
    /// <param name="word">Its characters; an empty word is ignored.</param>
    /// <param name="count">How often to count it, at least 1.</param>
    public void Add(ReadOnlySpan<char> word, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (word.IsEmpty) return;

        WordsRead = checked(WordsRead + count);
        _words.Add(word, count);
    }

    /// <summary>Adds the counts of another builder.</summary>
    /// <param name="other">Another builder, left as it is.</param>
    public void Merge(WordVocabularyBuilder other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other == this) throw new ArgumentException("A builder cannot be merged with itself.", nameof(other));

        WordsRead = checked(WordsRead + other.WordsRead);
        _words.Add(other._words);
    }

    /// <summary>Makes a vocabulary: ids by falling count, equal counts by the words' UTF-16 code units.</summary>
    /// <remarks>A word with a lone surrogate or a line break is in no vocabulary.</remarks>
    /// <param name="minCount">The least count of a word, at least 1.</param>
    /// <param name="maxSize">The most words, at least 1; null for no limit.</param>
    /// <exception cref="CorpusException">No word was read, or none has the least count.</exception>
    public WordVocabulary Build(int minCount = 5, int? maxSize = null) => Build(minCount, maxSize, "WordVocabularyOptions.MinCount");

    internal WordVocabulary Build(int minCount, int? maxSize, string minCountOption)
    {
        new WordVocabularyOptions { MinCount = minCount, MaxSize = maxSize }.Validate();
        ThrowIfNothingWasRead();

        int[] chosen = Choose(minCount, maxSize ?? int.MaxValue, known: null);
        if (chosen.Length == 0) throw NoWordIsFrequentEnough(minCount, minCountOption);
        WordTable table = Empty(chosen, known: null);
        foreach (int id in chosen) table.Add(_words.WordAt(id), _words.CountAt(id));
        return new WordVocabulary(table);
    }

    /// <summary>Makes a vocabulary of a known one and the words read: known words keep their ids and get the counts added, new ones follow.</summary>
    /// <param name="known">The vocabulary to extend, left as it is.</param>
    /// <param name="minCount">The least count of a new word among the words read, at least 1.</param>
    /// <param name="maxSize">The most words in all, known ones included, none of which is dropped; null for no limit.</param>
    /// <exception cref="CorpusException">No word was read.</exception>
    public WordVocabulary Extend(WordVocabulary known, int minCount = 5, int? maxSize = null)
    {
        ArgumentNullException.ThrowIfNull(known);
        new WordVocabularyOptions { MinCount = minCount, MaxSize = maxSize }.Validate();
        ThrowIfNothingWasRead();

        int[] chosen = Choose(minCount, Math.Max((maxSize ?? int.MaxValue) - known.Count, 0), known);
        WordTable table = Empty(chosen, known);
        for (int id = 0; id < known.Count; id++)
        {
            int read = _words.Find(known.WordAt(id));
            table.Add(known.WordAt(id), checked(known.CountOf(id) + (read < 0 ? 0 : _words.CountAt(read))));
        }

        foreach (int id in chosen) table.Add(_words.WordAt(id), _words.CountAt(id));
        return new WordVocabulary(table);
    }

    private void ThrowIfNothingWasRead()
    {
        if (WordsRead == 0) throw new CorpusException("The corpus has no words: it is empty, or the tokenizer finds no word in it.");
    }

    private CorpusException NoWordIsFrequentEnough(int minCount, string minCountOption)
    {
        long highest = 0;
        for (int id = 0; id < _words.Count; id++) highest = Math.Max(highest, _words.CountAt(id));
        return new CorpusException(FormattableString.Invariant(
            $"No word of the corpus is frequent enough: {WordsRead} words were read, {_words.Count} of them different, and the highest count is ") +
            FormattableString.Invariant($"{highest}, below the least count of {minCount}. Lower {minCountOption}, or give more text."));
    }

    private int[] Choose(int minCount, int maxSize, WordVocabulary? known)
    {
        List<int> chosen = [];
        for (int id = 0; id < _words.Count; id++)
        {
            if (_words.CountAt(id) < minCount || known?.IdOf(_words.WordAt(id)) >= 0 || !WordVocabulary.CanHold(_words.WordAt(id))) continue;
            chosen.Add(id);
        }

        chosen.Sort((a, b) => _words.CountAt(a) == _words.CountAt(b)
            ? _words.WordAt(a).SequenceCompareTo(_words.WordAt(b))
            : _words.CountAt(b).CompareTo(_words.CountAt(a)));
        return [.. chosen.Take(maxSize)];
    }

    private WordTable Empty(int[] chosen, WordVocabulary? known)
    {
        long characters = known?.CharacterCount ?? 0;
        foreach (int id in chosen) characters += _words.WordAt(id).Length;
        return new WordTable((known?.Count ?? 0) + chosen.Length, (int)Math.Min(characters, Array.MaxLength));
    }
}
