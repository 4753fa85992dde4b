using System.CommandLine;
using System.Text.Json;
using NlpPretrain.Text;

namespace NlpPretrain.Experiments.Elmo;

/// <summary>The texts of a language, those to train on and two that are held out, and how they are cut to words.</summary>
internal sealed record ElmoTexts(string Language, IWordTokenizer Tokenizer, ICorpus Training, ICorpus Validation, ICorpus Test)
{
    /// <summary>The word that ends each line of WikiText.</summary>
    private const string EndOfLine = "<eos>";

    private const int HeldOutEvery = 40;

    /// <summary>How many words others count where the model predicts some: WikiText's lines end with a word of their own, and the end that the model predicts behind it is none.</summary>
    public long WordsOf(ICorpus corpus, long predicted) => Language == "en" ? predicted - corpus.Read().LongCount() : predicted;

    /// <summary>WikiText-2, which is cut to words already. Each line, those without text too, ends with &lt;eos>, as published figures count it.</summary>
    public static ElmoTexts English(ParseResult options)
    {
        return new("en", new WhitespaceTokenizer(), Read("train.shuffled-articles.txt"), Read("valid.txt"), Read("test.txt"));

        Lines Read(string file)
        {
            string path = options.Data("wikitext2", file);
            return new(() => File.ReadLines(path).Select(line => $"{line} {EndOfLine}"));
        }
    }

    /// <summary>News, questions and reviews, cut to the words of jieba's dictionary or to characters. Of 40 documents in a row one is for validation and one for the test.</summary>
    public static ElmoTexts Chinese(ParseResult options, bool ofCharacters)
    {
        List<string> documents = [];
        TextFileCorpus paragraphs = new(options.Data("zh-corpora", "CLUECorpusSmall_bert_sampled.txt")) { Boundary = DocumentBoundary.BlankLine };
        documents.AddRange(paragraphs.Read().GroupBy(passage => passage.Document, passage => passage.Text).Select(lines => string.Join('\n', lines)));
        documents.AddRange(File.ReadLines(options.Data("zh-reviews", "online_shopping_10_cats.csv")).Skip(1).Select(line => line[(line.IndexOf(',', line.IndexOf(',') + 1) + 1)..].Trim('"', '\uFEFF')));
        documents.AddRange(File.ReadLines(options.Data("zh-reviews", "eprstmt.unlabeled.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sentence").GetString()!));
        string[] all = [.. documents.Distinct()];
        IWordTokenizer tokenizer = ofCharacters ? new WordTokenizer() : new ChineseTokenizer(ChineseSegmenter.Load(options.Data("zh-dict", "jieba-dict.txt")));
        return new("zh", tokenizer, Part(place => place is not (HeldOutEvery / 2 or 0)), Part(place => place == 0), Part(place => place == HeldOutEvery / 2));

        InMemoryCorpus Part(Func<int, bool> contains) => new(all.Where((_, i) => contains(i % HeldOutEvery)));
    }
}
