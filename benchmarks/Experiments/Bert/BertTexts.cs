using System.CommandLine;
using System.Text.Json;
using NlpPretrain.Text;

namespace NlpPretrain.Experiments.Bert;

/// <summary>The documents of a language: those to train on, and two parts that are held out.</summary>
internal sealed record BertTexts(string Language, ICorpus Training, ICorpus Validation, ICorpus Test)
{
    private const int HeldOutEvery = 40;

    /// <summary>WikiText-2; a document is an article.</summary>
    public static BertTexts English(ParseResult options) => new("en",
        new Articles(options.Data("wikitext2", "train.shuffled-articles.txt")), new Articles(options.Data("wikitext2", "valid.txt")), new Articles(options.Data("wikitext2", "test.txt")));

    /// <summary>News, questions and reviews. Of 40 documents in a row one is for validation and one for the test.</summary>
    /// <remarks>Of the reviews those with one sentence are left out: they have no next one, and are two thirds.</remarks>
    public static BertTexts Chinese(ParseResult options)
    {
        List<string> documents = [];
        TextFileCorpus paragraphs = new(options.Data("zh-corpora", "CLUECorpusSmall_bert_sampled.txt")) { Boundary = DocumentBoundary.BlankLine };
        documents.AddRange(paragraphs.Read().GroupBy(passage => passage.Document, passage => passage.Text).Select(lines => string.Join('\n', lines)));
        IEnumerable<string> shop = File.ReadLines(options.Data("zh-reviews", "online_shopping_10_cats.csv")).Skip(1).Select(line => line[(line.IndexOf(',', line.IndexOf(',') + 1) + 1)..].Trim('"', '\uFEFF'));
        IEnumerable<string> other = File.ReadLines(options.Data("zh-reviews", "eprstmt.unlabeled.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sentence").GetString()!);
        documents.AddRange(shop.Concat(other).Where(HasSeveralSentences));
        string[] all = [.. documents.Distinct()];
        return new("zh", Part(place => place is not (HeldOutEvery / 2 or 0)), Part(place => place == 0), Part(place => place == HeldOutEvery / 2));

        InMemoryCorpus Part(Func<int, bool> contains) => new(all.Where((_, i) => contains(i % HeldOutEvery)));
    }

    private static bool HasSeveralSentences(string text)
    {
        List<(int Start, int Length)> sentences = [];
        SentenceSplitter.Split(text, sentences);
        return sentences.Count > 1;
    }

    /// <summary>WikiText's lines, an article from its title on: " = Title = ", behind a line without text.</summary>
    private sealed class Articles(string path) : ICorpus
    {
        public IEnumerable<Passage> Read(long firstDocument = 0)
        {
            long document = -1;
            bool isBehindBlank = true;
            foreach (string line in File.ReadLines(path))
            {
                if (isBehindBlank && line.StartsWith(" = ", StringComparison.Ordinal) && !line.StartsWith(" = = ", StringComparison.Ordinal) && line.EndsWith(" = ", StringComparison.Ordinal)) document++;
                isBehindBlank = string.IsNullOrWhiteSpace(line);
                if (!isBehindBlank && document >= firstDocument) yield return new Passage(document, line.Trim());
            }
        }
    }
}
