using NlpPretrain.Text;

namespace NlpPretrain.Elmo;

/// <summary>The words of a text and where its sentences end.</summary>
/// <param name="words">The words, at least one.</param>
internal sealed class ElmoWords(WordBuffer words)
{
    private readonly int[] _sentenceEnds = words.SentenceEnds.ToArray();

    public string[] Words { get; } = [.. Enumerable.Range(0, words.Count).Select(word => words[word].ToString())];

    /// <summary>The word behind the sentence of a word.</summary>
    public int EndOfSentence(int word)
    {
        int sentence = Array.BinarySearch(_sentenceEnds, word + 1);
        if (sentence < 0) sentence = ~sentence;
        return sentence < _sentenceEnds.Length ? _sentenceEnds[sentence] : Words.Length;
    }
}
