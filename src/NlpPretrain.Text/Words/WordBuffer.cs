namespace NlpPretrain.Text;

/// <summary>Words in sentences, in one growing block of characters that is used again for the next passage.</summary>
public sealed class WordBuffer
{
    private char[] _characters = new char[1024];
    private Word[] _words = new Word[256];
    private int[] _sentenceEnds = new int[16];
    private int _length, _count, _sentences;

    /// <summary>Number of words.</summary>
    public int Count => _count;

    /// <summary>For each closed sentence, the number of words up to its end.</summary>
    public ReadOnlySpan<int> SentenceEnds => _sentenceEnds.AsSpan(0, _sentences);

    /// <summary>A word's characters, valid until the next <see cref="Add"/> or <see cref="Clear"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_count) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
            Word word = _words[index];
            return _characters.AsSpan(word.Start, word.Length);
        }
    }

    /// <summary>Appends a word to the open sentence.</summary>
    /// <param name="word">Its characters; an empty word is ignored.</param>
    /// <param name="lowerCase">Whether to fold it to lower case, by the invariant culture.</param>
    public void Add(ReadOnlySpan<char> word, bool lowerCase = false)
    {
        if (word.IsEmpty) return;

        AddWord(AddText(word, lowerCase), word.Length);
    }

    /// <summary>Closes the open sentence; one without words is no sentence.</summary>
    public void EndSentence()
    {
        if (_count == (_sentences == 0 ? 0 : _sentenceEnds[_sentences - 1])) return;

        if (_sentences == _sentenceEnds.Length) Array.Resize(ref _sentenceEnds, 2 * _sentences);
        _sentenceEnds[_sentences++] = _count;
    }

    /// <summary>Forgets all words and sentences, and keeps the memory.</summary>
    public void Clear() => _length = _count = _sentences = 0;

    /// <summary>Copies a text in whole, for words of it to be named afterwards by <see cref="AddWord"/>.</summary>
    /// <returns>Where it starts in the block of characters.</returns>
    internal int AddText(ReadOnlySpan<char> text, bool lowerCase)
    {
        int start = _length;
        int end = checked(start + text.Length);
        if (end > _characters.Length) Array.Resize(ref _characters, (int)Math.Max(Math.Min(2L * _characters.Length, Array.MaxLength), end));
        Span<char> target = _characters.AsSpan(start, text.Length);
        if (lowerCase) text.ToLowerInvariant(target);
        else text.CopyTo(target);
        _length = end;
        return start;
    }

    /// <summary>Characters that <see cref="AddText"/> copied, to be read or changed in place until it is called again.</summary>
    internal Span<char> TextAt(int start, int length) => _characters.AsSpan(start, length);

    /// <summary>Appends a word to the open sentence, by its place in the block of characters; not checked.</summary>
    internal void AddWord(int start, int length)
    {
        Word[] words = _words;
        int count = _count;
        if ((uint)count >= (uint)words.Length)
        {
            Array.Resize(ref _words, 2 * count);
            words = _words;
        }

        words[count] = new Word(start, length);
        _count = count + 1;
    }

    private readonly record struct Word(int Start, int Length);
}
