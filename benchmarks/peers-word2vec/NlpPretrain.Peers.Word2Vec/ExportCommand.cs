using System.Text;
using NlpPretrain.Text;

namespace NlpPretrain.Peers;

internal static class ExportCommand
{
    /// <summary>Writes a corpus as lower-cased words with a space between them, one sentence a line.</summary>
    public static void Run(CommandLine line)
    {
        ICorpus corpus = line.Choice<Func<ICorpus>>("corpus", ("sdk-docs", () => new SdkDocumentationCorpus()))();
        WordTokenizer tokenizer = new(new WordTokenizerOptions { LowerCase = true });
        using StreamWriter target = new(line.Text("output"), append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        WordBuffer words = new();
        long total = 0, sentences = 0;
        foreach (Passage passage in corpus.Read())
        {
            words.Clear();
            tokenizer.Tokenize(passage.Text, words);
            total += words.Count;
            sentences += words.SentenceEnds.Length;
            int word = 0;
            foreach (int end in words.SentenceEnds)
            {
                for (int first = word; word < end; word++)
                {
                    if (word > first) target.Write(' ');
                    target.Write(words[word]);
                }

                target.WriteLine();
            }
        }

        Console.Out.WriteLine(FormattableString.Invariant($$"""{"words":{{total}},"sentences":{{sentences}}}"""));
    }
}
