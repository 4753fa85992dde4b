using System.Buffers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>The vectors of many words that know no context, computed once: a model then makes only those of other words from their characters.</summary>
/// <remarks>The vectors have the bits that the model computes. They are those of the weights at creation: create it anew when the model has been trained. Safe for use from several threads.</remarks>
public sealed class ElmoTokenCache
{
    private const int WordsAtOnce = 512;

    private readonly DistinctWords _words;
    private readonly Matrix _vectors;

    /// <summary>Computes the vectors of words, and of the begin and end of a sentence.</summary>
    /// <param name="model">A model that reads characters.</param>
    /// <param name="words">The words, such as those of a vocabulary.</param>
    /// <exception cref="ArgumentException">The model reads words as ids, or a word is empty.</exception>
    public ElmoTokenCache(ElmoModel model, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(words);
        if (model.Config.Characters is not { } characters)
            throw new ArgumentException("This model reads words as ids of a table, which is as fast as a cache would be; a cache is for models that read characters (ElmoConfig.Characters).", nameof(model));

        ElmoTokens tokens = new(model.Config);
        int most = characters.MostCharacters;
        int[] token = new int[most];
        _words = new(most);
        _words.Add(tokens.Begin);
        _words.Add(tokens.End);
        foreach (string word in words)
        {
            tokens.Write(word, token);
            _words.Add(token);
        }

        _vectors = new(Count, model.Config.Projection);
        using TensorArena arena = new();
        for (int start = 0; start < Count; start += WordsAtOnce)
        {
            int count = Math.Min(WordsAtOnce, Count - start);
            using Pass pass = Pass.Inference(arena);
            Tensor vectors = model.Words(pass, _words.Characters.Slice(start * most, count * most));       // [words, P]
            for (int row = 0; row < count; row++) vectors.Data.Slice(row * _vectors.Columns, _vectors.Columns).CopyTo(_vectors[start + row]);
        }
    }

    /// <summary>Number of different words, begin and end of a sentence among them.</summary>
    public int Count => _words.Count;

    /// <summary>M, the characters of a word.</summary>
    internal int MostCharacters => _words.MostCharacters;

    /// <summary>P, the size of a vector.</summary>
    internal int Width => _vectors.Columns;

    /// <summary>The vectors of words by their characters, those that are here and those that are not.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="model">The model that this was created for.</param>
    /// <param name="characters">[N, M]</param>
    /// <returns>[N, P], a constant to differentiation.</returns>
    internal Tensor Words(Pass pass, ElmoModel model, ReadOnlySpan<int> characters)
    {
        int most = _words.MostCharacters, count = characters.Length / most, width = _vectors.Columns, missing = 0;
        Tensor all = pass.Zeros(new(count, width));
        int[] rows = ArrayPool<int>.Shared.Rent(count), others = ArrayPool<int>.Shared.Rent(characters.Length);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<int> word = characters.Slice(i * most, most);
            if (_words.IndexOf(word) is >= 0 and int row)
            {
                _vectors[row].CopyTo(all.Data.Slice(i * width, width));
                continue;
            }

            word.CopyTo(others.AsSpan(missing * most));
            rows[missing++] = i;
        }

        if (missing > 0)
        {
            Tensor computed = model.Words(pass, others.AsSpan(0, missing * most));                          // [missing, P]
            for (int i = 0; i < missing; i++) computed.Data.Slice(i * width, width).CopyTo(all.Data.Slice(rows[i] * width, width));
        }

        ArrayPool<int>.Shared.Return(rows);
        ArrayPool<int>.Shared.Return(others);
        return all;
    }
}
