using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>An immutable set of words, each with one vector: lookup, similarity, analogies and the published file formats.</summary>
/// <remarks>
/// <para>Words keep their order, by custom from the most to the least frequent. Safe for use from several threads.</para>
/// <para>Rule for values: each value is finite and each vector's Euclidean length is within the range of <see cref="float"/>. A vector of
/// zeros is allowed; its cosine with anything is 0.</para>
/// </remarks>
public sealed partial class WordVectors
{
    private readonly WordList _words;
    private readonly long[]? _counts;
    private readonly WordTable _table;
    private readonly Matrix _vectors;
    private readonly float[] _norms;

    /// <summary>Creates the set.</summary>
    /// <param name="words">The words, distinct and not empty, by custom from the most to the least frequent.</param>
    /// <param name="vectors">One row a word. It is kept, not copied: do not change it afterwards.</param>
    /// <param name="counts">How often each word occurred, if that is known.</param>
    /// <exception cref="ArgumentException">The sizes differ, a word is empty or occurs twice, a count is negative, or a value is not allowed.</exception>
    public WordVectors(IReadOnlyList<string> words, Matrix vectors, IReadOnlyList<long>? counts = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(vectors);
        if (words.Count != vectors.Rows)
        {
            throw new ArgumentException($"There are {words.Count} words and {vectors.Rows} vectors; each word needs one vector.", nameof(vectors));
        }

        if (counts is not null && counts.Count != words.Count)
        {
            throw new ArgumentException($"There are {words.Count} words and {counts.Count} counts; give one count a word or none.", nameof(counts));
        }

        string[] copies = [.. words];
        _words = new WordList(copies);
        _counts = counts is null ? null : [.. counts];
        _vectors = vectors;
        _table = BuildTable(copies, _words);
        for (int index = 0; _counts is not null && index < _counts.Length; index++)
        {
            if (_counts[index] < 0)
            {
                throw new ArgumentException($"The count of '{_words[index]}' (index {index}) is {_counts[index]}; counts are at least 0.", nameof(counts));
            }
        }

        _norms = new float[copies.Length];
        for (int index = 0; index < _norms.Length; index++)
        {
            _norms[index] = RowNorms.Compute(vectors, index);
            if (!float.IsFinite(_norms[index]))
            {
                throw new ArgumentException($"The vector of '{_words[index]}' (index {index}) has {RowNorms.Describe(vectors[index])}.", nameof(vectors));
            }
        }
    }

    /// <summary>Takes over parts that a reader has checked already.</summary>
    internal WordVectors(WordList words, WordTable table, Matrix vectors, float[] norms)
    {
        (_words, _table, _vectors, _norms) = (words, table, vectors, norms);
    }

    /// <summary>Number of words.</summary>
    public int Count => _words.Count;

    /// <summary>Number of values in a vector.</summary>
    public int Dimensions => _vectors.Columns;

    /// <summary>The words, by index.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>How often each word occurred in the corpus, by index, or null where that is not known.</summary>
    public IReadOnlyList<long>? Counts => _counts is null ? null : field ??= Array.AsReadOnly(_counts);

    /// <summary>The words, without a string for each.</summary>
    internal WordList WordList => _words;

    /// <summary>The vectors, one row a word, for kernels that read them all. Do not change them.</summary>
    internal Matrix Vectors => _vectors;

    /// <summary>The Euclidean length of each row.</summary>
    internal ReadOnlySpan<float> Norms => _norms;

    /// <summary>The vector of a word.</summary>
    /// <param name="word">The word, compared ordinally.</param>
    /// <exception cref="KeyNotFoundException">The word is unknown.</exception>
    public ReadOnlySpan<float> this[string word] => Row(RequireIndex(word));

    /// <summary>The index of a word, compared ordinally, or -1 where it is unknown.</summary>
    /// <param name="word">The word.</param>
    public int IndexOf(ReadOnlySpan<char> word) => _table.IndexOf(word);

    /// <summary>The index of a word, compared ordinally, or -1 where it is unknown.</summary>
    /// <param name="word">The word.</param>
    public int IndexOf(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return _table.IndexOf(word);
    }

    /// <summary>Whether the word has a vector.</summary>
    /// <param name="word">The word, compared ordinally.</param>
    public bool Contains(ReadOnlySpan<char> word) => _table.IndexOf(word) >= 0;

    /// <summary>The vector of the word with this index.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such word.</exception>
    public ReadOnlySpan<float> Row(int index) => _vectors[index];

    /// <summary>The same words with other vectors, which are finite.</summary>
    internal WordVectors WithVectors(Matrix vectors)
    {
        float[] norms = new float[vectors.Rows];
        for (int row = 0; row < norms.Length; row++)
        {
            norms[row] = RowNorms.Compute(vectors, row);
        }

        return new WordVectors(_words, _table, vectors, norms);
    }

    private int RequireIndex(string word)
    {
        int index = IndexOf(word);
        return index >= 0
            ? index
            : throw new KeyNotFoundException($"The word '{word}' is not among these {Count} words. Ask IndexOf or Contains first where a word may be unknown.");
    }

    private static WordTable BuildTable(string[] words, WordList list)
    {
        int[] hashes = new int[words.Length];
        for (int index = 0; index < words.Length; index++)
        {
            if (string.IsNullOrEmpty(words[index]))
            {
                throw new ArgumentException($"The word at index {index} is empty; each word needs at least one character.", nameof(words));
            }

            hashes[index] = words[index].GetHashCode();
        }

        var table = new WordTable(list, hashes, Environment.ProcessorCount);
        if (table.Duplicates > 0)
        {
            int later = Array.IndexOf(table.MarkFirst(), false);
            throw new ArgumentException(
                $"The word '{words[later]}' occurs twice, at index {table.IndexOf(words[later])} and {later}; words must be distinct.", nameof(words));
        }

        return table;
    }
}
