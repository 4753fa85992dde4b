using NlpPretrain.Text;

namespace NlpPretrain.Peers;

/// <summary>WikiText-2, which is cut to words already.</summary>
internal static class WikiText
{
    private const char Heading = '=';
    private const string FullStop = ".";

    public static string PathOf(string file) => Path.Combine(Environment.GetEnvironmentVariable("NLPPRETRAIN_DATA") ?? "../shared/data", "wikitext2", file);

    /// <summary>The words of each line that has any.</summary>
    public static IEnumerable<string[]> Lines(string file) => File.ReadLines(PathOf(file)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0);

    /// <summary>The most frequent words of the training text.</summary>
    public static WordVocabulary Frequent(int words) =>
        WordVocabulary.Build(new TextFileCorpus(PathOf("train.shuffled-articles.txt")), new WhitespaceTokenizer(), new() { MinCount = 1, MaxSize = words });

    /// <summary>The first sentences of the validation text that have so many words; headings have none.</summary>
    public static string[][] Sentences(int count, int least, int most) =>
        [.. Lines("valid.txt").Where(words => words[0][0] != Heading).SelectMany(Cut).Where(sentence => sentence.Length >= least && sentence.Length <= most).Take(count)];

    private static IEnumerable<string[]> Cut(string[] words)
    {
        int start = 0;
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] != FullStop) continue;
            yield return words[start..(i + 1)];
            start = i + 1;
        }
    }
}
