using NlpPretrain.Serialization;
using NlpPretrain.Text;

namespace NlpPretrain.Elmo;

/// <summary>The words that a language model predicts, with three that no text has: begin and end of a sentence, and the unknown word.</summary>
/// <remarks>Source: bilm-tf's Vocabulary, whose words these three are, by the same names.</remarks>
public sealed class ElmoVocabulary
{
    /// <summary>The word before a sentence.</summary>
    public const string Begin = "<S>";

    /// <summary>The word behind a sentence.</summary>
    public const string End = "</S>";

    /// <summary>The word for all that the vocabulary does not hold.</summary>
    public const string Unknown = "<UNK>";

    /// <summary>The name of the vocabulary's file in a model's folder.</summary>
    public const string FileName = "vocabulary.txt";

    /// <summary>Takes words that have the three special ones among them, anywhere.</summary>
    /// <param name="words">The words.</param>
    /// <exception cref="ArgumentException">A special word is missing.</exception>
    public ElmoVocabulary(WordVocabulary words)
    {
        ArgumentNullException.ThrowIfNull(words);
        (Words, BeginId, EndId, UnknownId) = (words, Require(Begin), Require(End), Require(Unknown));

        int Require(string special) => words.IdOf(special) is >= 0 and int id ? id
            : throw new ArgumentException($"The vocabulary has no word '{special}'; ElmoVocabulary.Create adds the three special ones to words of a text.", nameof(words));
    }

    /// <summary>Makes a vocabulary of the words of a text: the special ones that it does not have come first.</summary>
    /// <param name="words">Words and counts, by falling count.</param>
    public static ElmoVocabulary Create(WordVocabulary words)
    {
        ArgumentNullException.ThrowIfNull(words);
        string[] missing = [.. new[] { End, Begin, Unknown }.Where(special => words.IdOf(special) < 0)];
        return new(missing.Length == 0 ? words
            : WordVocabulary.Create([.. missing, .. words.Words], [.. missing.Select(_ => 0L), .. Enumerable.Range(0, words.Count).Select(words.CountOf)]));
    }

    /// <summary>All words with their ids and counts; a special word's count may be 0.</summary>
    public WordVocabulary Words { get; }

    /// <summary>V, the number of words with the special ones.</summary>
    public int Count => Words.Count;

    /// <summary>The id of <see cref="Begin"/>.</summary>
    public int BeginId { get; }

    /// <summary>The id of <see cref="End"/>.</summary>
    public int EndId { get; }

    /// <summary>The id of <see cref="Unknown"/>.</summary>
    public int UnknownId { get; }

    /// <summary>The id of a word, or <see cref="UnknownId"/>.</summary>
    /// <param name="word">Its characters.</param>
    public int IdOf(ReadOnlySpan<char> word) => Words.IdOf(word) is >= 0 and int id ? id : UnknownId;

    /// <summary>Checks what a sampled softmax needs: that no word is more frequent than one before it. Special words may be anywhere, and counts that are not known, 0, are not checked.</summary>
    /// <exception cref="InvalidOperationException">A word is more frequent than one before it.</exception>
    public void RequireFallingCounts()
    {
        int before = -1;
        for (int id = 0; id < Count; id++)
        {
            if (id == BeginId || id == EndId || id == UnknownId || Words.CountOf(id) == 0) continue;
            if (before >= 0 && Words.CountOf(id) > Words.CountOf(before))
            {
                throw new InvalidOperationException($"The vocabulary is not in the order of falling frequency: word {id}, '{Words[id]}', is there {Words.CountOf(id)} times and word {before}, " +
                    $"'{Words[before]}', before it {Words.CountOf(before)} times. A sampled softmax draws words by their place: sort the vocabulary (WordVocabulary.Build does), or use the full softmax.");
            }

            before = id;
        }
    }

    /// <summary>Checks that these are the words of a model, where it knows how many it has.</summary>
    internal void RequireSize(ElmoConfig config)
    {
        if (config.VocabularySize is { } size && Count != size)
            throw new ArgumentException($"The vocabulary has {Count} words and the model {size} (ElmoConfig.VocabularySize); give the one that the model was trained with.");
    }

    /// <summary>Writes the vocabulary to a model's folder: <see cref="FileName"/>, a line a word, "word count".</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Words.Save(Path.Combine(folder, FileName));
    }

    /// <summary>Reads the vocabulary of a model's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">The file is no vocabulary, or a special word is missing.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static ElmoVocabulary Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new FileNotFoundException($"'{folder}' has no {FileName}: the model was saved without its vocabulary.", path);
        try
        {
            return new(WordVocabulary.Load(path));
        }
        catch (Exception cause) when (cause is CorpusException or ArgumentException)
        {
            throw new ModelFormatException(path, "words", $"a line a word, 'word count', with {Begin}, {End} and {Unknown}", cause.Message, innerException: cause);
        }
    }
}
