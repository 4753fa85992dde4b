using System.Diagnostics;
using NlpPretrain.Text;

namespace NlpPretrain.Peers;

/// <summary>The corpus file that all programs read: one sentence a line, words between white space.</summary>
internal sealed class LineCorpus(string path)
{
    public TextFileCorpus Text { get; } = new([path]);

    public WhitespaceTokenizer Tokenizer { get; } = new();

    public (WordVocabulary Vocabulary, double Seconds) BuildVocabulary(int workers)
    {
        long start = Stopwatch.GetTimestamp();
        WordVocabulary vocabulary = WordVocabulary.Build(Text, Tokenizer, new WordVocabularyOptions { MinCount = 5 }, workers);
        return (vocabulary, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>All words, rare ones too: proof that this program read what the others did. Nothing that is timed needs it.</summary>
    public long CountWords()
    {
        WordBuffer words = new();
        long count = 0;
        foreach (Passage passage in Text.Read())
        {
            words.Clear();
            Tokenizer.Tokenize(passage.Text, words);
            count += words.Count;
        }

        return count;
    }
}
