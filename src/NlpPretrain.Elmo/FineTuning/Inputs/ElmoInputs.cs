using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Turns the inputs of a task to what the model reads: sentences between the marks of their begin and end, one after another, as pretraining read them.</summary>
/// <remarks>A text in which the tokenizer finds no word, such as one of punctuation alone, is read as what stands between its white space.</remarks>
internal sealed class ElmoInputs
{
    /// <summary>The fewest words that the longest text may have.</summary>
    public const int LeastLength = 2;

    private static readonly WhitespaceTokenizer BySpaces = new();

    private readonly ElmoTokens _tokens;

    /// <param name="config">The model's.</param>
    /// <param name="vocabulary">The vocabulary that the model was trained with; null where it reads characters.</param>
    /// <param name="tokenizer">Cuts text to words.</param>
    /// <param name="maxLength">The most words of a text.</param>
    /// <exception cref="ArgumentException">The model reads words as ids and there is no vocabulary, or the vocabulary is of another size than the model's.</exception>
    public ElmoInputs(ElmoConfig config, ElmoVocabulary? vocabulary, IWordTokenizer tokenizer, int maxLength)
    {
        _tokens = new(config, vocabulary);
        (Vocabulary, Tokenizer, MaxLength) = (vocabulary, tokenizer, maxLength);
    }

    public ElmoVocabulary? Vocabulary { get; }

    public IWordTokenizer Tokenizer { get; }

    public int MaxLength { get; }

    /// <param name="text">The text.</param>
    /// <param name="example">Its number, for the exception, where it is one of several.</param>
    public ElmoSequence Text(string? text, int? example = null) => Encode(Cut(text, "The text", example));

    public ElmoSequence[] Pair(string? first, string? second, int? example = null) => [Encode(Cut(first, "The first text", example)), Encode(Cut(second, "The second text", example))];

    /// <summary>The words of a text, sentence by sentence.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Its name, for the exception.</param>
    /// <param name="example">Its number, for the exception, where it is one of several.</param>
    /// <exception cref="ArgumentException">The text is null, empty or white space.</exception>
    public ElmoWords Cut(string? text, string name, int? example)
    {
        if (string.IsNullOrEmpty(text)) throw TaskTexts.Empty(text, name, example);
        WordBuffer words = new();
        Tokenizer.Tokenize(text, words);
        if (words.Count == 0) BySpaces.Tokenize(text, words);
        return words.Count > 0 ? new(words) : throw TaskTexts.Empty(text, name, example);
    }

    /// <summary>Some words of a text, with the sentences that they are of; the head sees each word.</summary>
    /// <param name="words">The words.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="most">The most of them.</param>
    /// <param name="marksBegin">Whether the head sees the mark of the first sentence's begin, before the words.</param>
    public ElmoSequence Encode(ElmoWords words, int first = 0, int most = int.MaxValue, bool marksBegin = false)
    {
        List<int> numbers = [], places = marksBegin ? [0] : [];
        int token = 0, end = first + Math.Min(Math.Min(most, MaxLength), words.Words.Length - first);
        while (first < end)
        {
            int endOfSentence = Math.Min(end, words.EndOfSentence(first));
            numbers.AddRange(_tokens.Encode(words.Words[first..endOfSentence]));
            for (token++; first < endOfSentence; first++) places.Add(token++);
            token++;
        }

        return new ElmoSequence([.. numbers], token, [.. places]);
    }

    /// <summary>A sentence in as many parts as it needs, cut between words; the head sees the first piece that the tokenizer finds in each word.</summary>
    /// <remarks>A word in which it finds nothing, such as punctuation, is read as it is. Of a word that alone is too long, the end is cut.</remarks>
    /// <param name="words">The words.</param>
    /// <param name="sentence">The sentence's name, for the exception.</param>
    /// <param name="emptyWord">The parameter or field of the words, for the exception.</param>
    public ElmoSequence[] Words(IReadOnlyList<string> words, string sentence, string emptyWord)
    {
        List<ElmoSequence> parts = [];
        List<string> pieces = [];
        List<int> places = [];
        WordBuffer buffer = new();
        for (int index = 0; index < words.Count; index++)
        {
            if (string.IsNullOrEmpty(words[index])) throw new ArgumentException($"Word {index} of {sentence} is empty; each word needs at least one character ({emptyWord}).");

            buffer.Clear();
            Tokenizer.Tokenize(words[index], buffer);
            string[] found = buffer.Count == 0 ? [words[index]] : [.. Enumerable.Range(0, Math.Min(buffer.Count, MaxLength)).Select(piece => buffer[piece].ToString())];
            if (pieces.Count + found.Length > MaxLength) Finish();
            places.Add(1 + pieces.Count);
            pieces.AddRange(found);
        }

        if (pieces.Count > 0) Finish();
        return [.. parts];

        void Finish()
        {
            parts.Add(new ElmoSequence(_tokens.Encode(pieces), pieces.Count + 2, [.. places]));
            pieces.Clear();
            places.Clear();
        }
    }
}
