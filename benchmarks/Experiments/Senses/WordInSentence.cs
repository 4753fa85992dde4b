using NlpPretrain.Text;

namespace NlpPretrain.Experiments.Senses;

/// <summary>A sentence cut to words, and those of them that are a word or parts of it.</summary>
internal sealed record WordInSentence(string[] Words, Range Places)
{
    /// <summary>The first sentence of a text that has the word, and its first place there; a word may be cut to several, or be a part of a longer one.</summary>
    /// <exception cref="InvalidDataException">No sentence has the word.</exception>
    public static WordInSentence Find(string text, string word, IWordTokenizer tokenizer)
    {
        WordBuffer buffer = new();
        tokenizer.Tokenize(text, buffer);
        int first = 0;
        foreach (int end in buffer.SentenceEnds)
        {
            string[] words = new string[end - first];
            for (int i = 0; i < words.Length; i++) words[i] = buffer[first + i].ToString();
            int start = string.Concat(words).IndexOf(word, StringComparison.Ordinal);
            if (start >= 0) return new(words, PlaceOf(words, start)..(PlaceOf(words, start + word.Length - 1) + 1));

            first = end;
        }

        throw new InvalidDataException($"No sentence of '{text}' has the word '{word}' when it is cut to words.");
    }

    /// <summary>The mean of the vectors of those words.</summary>
    public float[] Mean(Func<int, float[]> vectorOf)
    {
        (int start, int count) = Places.GetOffsetAndLength(Words.Length);
        return TokenVectorsOfWord.Mean([.. Enumerable.Range(start, count).Select(vectorOf)]);
    }

    /// <summary>The word with the character that stands at a place of all words together.</summary>
    private static int PlaceOf(string[] words, int character)
    {
        int i = 0;
        for (; character >= words[i].Length; i++) character -= words[i].Length;
        return i;
    }
}
