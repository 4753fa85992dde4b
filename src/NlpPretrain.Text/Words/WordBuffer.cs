namespace NlpPretrain.Text;

/// <summary>Words in sentences, in one growing block of characters that is used again for the next passage.</summary>
public sealed class WordBuffer
{
    private char[] _characters = new char[1024];
    private int[] _wordEnds = new int[256];
    private int[] _sentenceEnds = new int[16];
    private int _length, _words, _sentences;

    /// <summary>Number of words.</summary>
    public int Count => _words;

    /// <summary>For each closed sentence, the number of words up to its end.</summary>
    public ReadOnlySpan<int> SentenceEnds => _sentenceEnds.AsSpan(0, _sentences);

    /// <summary>A word's characters, valid until the next <see cref="Add"/> or <see cref="Clear"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_words, nameof(index));
            int start = index == 0 ? 0 : _wordEnds[index - 1];
            return _characters.AsSpan(start, _wordEnds[index] - start);
        }
    }

    /// <summary>Appends a word to the open sentence.</summary>
    /// <param name="word">Its characters; an empty word is ignored.</param>
    /// <param name="lowerCase">Whether to fold it to lower case, by the invariant culture.</param>
    public void Add(ReadOnlySpan<char> word, bool lowerCase = false)
    {
        if (word.IsEmpty) return;

        if (_length + word.Length > _characters.Length) Array.Resize(ref _characters, Math.Max(2 * _characters.Length, _length + word.Length));
        Span<char> target = _characters.AsSpan(_length, word.Length);
        if (lowerCase) word.ToLowerInvariant(target);
        else word.CopyTo(target);
        _length += word.Length;

        if (_words == _wordEnds.Length) Array.Resize(ref _wordEnds, 2 * _words);
        _wordEnds[_words++] = _length;
    }

    /// <summary>Closes the open sentence; one without words is no sentence.</summary>
    public void EndSentence()
    {
        if (_words == (_sentences == 0 ? 0 : _sentenceEnds[_sentences - 1])) return;

        if (_sentences == _sentenceEnds.Length) Array.Resize(ref _sentenceEnds, 2 * _sentences);
        _sentenceEnds[_sentences++] = _words;
    }

    /// <summary>Forgets all words and sentences, and keeps the memory.</summary>
    public void Clear() => _length = _words = _sentences = 0;
}
