using System.Buffers;
using System.Text;

namespace NlpPretrain.Elmo;

/// <summary>Makes of words what a model reads: ids of the vocabulary, or the bytes of their UTF-8 between marks of begin and end. Safe for use from several threads.</summary>
/// <remarks>
/// A word's bytes are followed by padding up to M characters; begin and end of a sentence are words of one character each. Lone surrogates, which UTF-8 cannot write, are left out.
/// Source: bilm-tf's Vocabulary and UnicodeCharsVocabulary.
/// </remarks>
public sealed class ElmoTokens
{
    private const int MarksOfWord = 2;

    private readonly ElmoVocabulary? _vocabulary;
    private readonly int _most;
    private readonly int[] _begin, _end;

    /// <summary>Creates it.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="vocabulary">The vocabulary that the model was trained with; a model that reads characters needs none here.</param>
    /// <exception cref="ArgumentException">The model reads words as ids and there is no vocabulary, or the vocabulary is of another size than the model's.</exception>
    public ElmoTokens(ElmoConfig config, ElmoVocabulary? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Characters is null && vocabulary is null) throw new ArgumentException("This model reads words as ids of its vocabulary, and none was given (ElmoConfig.Characters).", nameof(vocabulary));
        vocabulary?.RequireSize(config);
        (_vocabulary, _most) = (vocabulary, config.Characters?.MostCharacters ?? 0);
        _begin = Mark(ElmoCharacters.BeginSentence, vocabulary?.BeginId);
        _end = Mark(ElmoCharacters.EndSentence, vocabulary?.EndId);
    }

    /// <summary>Whether a word of too many bytes is cut to those that fit, as bilm-tf does; otherwise it is an error. Default true.</summary>
    public bool CutsLongWords { get; init; } = true;

    /// <summary>Numbers of a token: M characters, or 1 where words are ids.</summary>
    public int TokenSize => Math.Max(_most, 1);

    /// <summary>The token before a sentence.</summary>
    public ReadOnlySpan<int> Begin => _begin;

    /// <summary>The token behind a sentence.</summary>
    public ReadOnlySpan<int> End => _end;

    /// <summary>The numbers of a sentence between the tokens of its begin and end.</summary>
    /// <param name="words">The words, at least one.</param>
    /// <returns>(words + 2) times <see cref="TokenSize"/> numbers.</returns>
    /// <exception cref="ArgumentException">There are no words, a word is empty, or it has too many bytes and is not cut.</exception>
    public int[] Encode(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count == 0) throw new ArgumentException("The sentence is empty; a model needs at least one word.", nameof(words));

        int size = TokenSize;
        int[] numbers = new int[(words.Count + 2) * size];
        Begin.CopyTo(numbers);
        for (int i = 0; i < words.Count; i++)
        {
            if (string.IsNullOrEmpty(words[i])) throw new ArgumentException($"Word {i} of the sentence is empty; a word has at least one character.", nameof(words));
            Write(words[i], numbers.AsSpan((i + 1) * size, size));
        }

        End.CopyTo(numbers.AsSpan((words.Count + 1) * size));
        return numbers;
    }

    /// <summary>Writes the numbers of one word. "&lt;S>" and "&lt;/S>" are the tokens of a sentence's begin and end.</summary>
    /// <param name="word">Its characters, at least one.</param>
    /// <param name="token">Receives <see cref="TokenSize"/> numbers.</param>
    /// <exception cref="ArgumentException">The word is empty, has too many bytes and is not cut, or there is no room of that size.</exception>
    public void Write(ReadOnlySpan<char> word, Span<int> token)
    {
        if (word.IsEmpty) throw new ArgumentException("The word is empty; a word has at least one character.", nameof(word));
        if (token.Length != TokenSize) throw new ArgumentException($"A token has {TokenSize} numbers, and there is room for {token.Length} (ElmoTokens.TokenSize).", nameof(token));

        if (_most == 0) token[0] = _vocabulary!.IdOf(word);
        else if (word.SequenceEqual(ElmoVocabulary.Begin)) Begin.CopyTo(token);
        else if (word.SequenceEqual(ElmoVocabulary.End)) End.CopyTo(token);
        else WriteCharacters(word, token);
    }

    private void WriteCharacters(ReadOnlySpan<char> word, Span<int> token)
    {
        Span<byte> bytes = stackalloc byte[4];
        ReadOnlySpan<char> rest = word;
        int count = 0, room = _most - MarksOfWord;
        while (!rest.IsEmpty && count <= room)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == OperationStatus.Done)
            {
                foreach (byte one in bytes[..rune.EncodeToUtf8(bytes)])
                {
                    if (count++ < room) token[count] = one;
                }
            }

            rest = rest[length..];
        }

        if (count > room && !CutsLongWords)
        {
            throw new ArgumentException($"The word '{word[..Math.Min(word.Length, 80)]}' has {Encoding.UTF8.GetByteCount(word)} bytes of UTF-8; this model was configured for {room}, and two marks " +
                "(ElmoCharacterConfig.MostCharacters). Leave it out, or let long words be cut (ElmoTokens.CutsLongWords).", nameof(word));
        }

        count = Math.Min(count, room);
        token[0] = ElmoCharacters.BeginWord;
        token[count + 1] = ElmoCharacters.EndWord;
        token[(count + 2)..].Fill(ElmoCharacters.Padding);
    }

    private int[] Mark(int character, int? id)
    {
        if (_most == 0) return [id!.Value];
        int[] token = new int[_most];
        token.AsSpan().Fill(ElmoCharacters.Padding);
        (token[0], token[1], token[2]) = (ElmoCharacters.BeginWord, character, ElmoCharacters.EndWord);
        return token;
    }
}
