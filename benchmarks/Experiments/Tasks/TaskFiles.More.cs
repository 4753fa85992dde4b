using System.Text;
using System.Text.Json;
using NlpPretrain.Text;

namespace NlpPretrain.Experiments;

/// <content>Acceptability, entities, spans and Chinese.</content>
internal sealed partial class TaskFiles
{
    private const int TestEvery = 4;

    /// <summary>Corpus of Linguistic Acceptability: 8,551 for training and the 1,043 of its development sets, in domain and out of it, which GLUE has as one.</summary>
    public TaskSplit<TextExample> Cola()
    {
        IEnumerable<TextExample> Read(string file) => Rows("cola", file, columns: 4, header: false).Select(row => new TextExample(form(row[3]), row[1]));
        return new([.. Read("in_domain_train.tsv")], [.. Read("in_domain_dev.tsv"), .. Read("out_of_domain_dev.tsv")]);
    }

    /// <summary>ChnSentiCorp, Chinese reviews, two classes: 9,600 for training and the 1,200 of the test set.</summary>
    public TaskSplit<TextExample> ChnSentiCorp()
    {
        TextExample[] Read(string file) => [.. Rows("chnsenticorp", file, columns: 2, header: true).Select(row => new TextExample(row[1], row[0]))];
        return new(Read("train.tsv"), Read("test.tsv"));
    }

    /// <summary>Emerging and rare entities of WNUT 2017: its training and its test set.</summary>
    public TaskSplit<TaggedExample> Wnut17() => new([.. Sentences("wnut17train.conll")], [.. Sentences("emerging.test.annotated")]);

    /// <summary>XQuAD, 240 paragraphs of SQuAD 1.1 in many languages: of its 48 articles three of four for training, and every fourth to report.</summary>
    /// <param name="language">"en" or "zh".</param>
    public TaskSplit<SpanExample> Xquad(string language)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(data(["xquad", $"xquad.{language}.json"])));
        List<SpanExample> training = [], test = [];
        foreach ((int index, JsonElement article) in file.RootElement.GetProperty("data").EnumerateArray().Index())
        {
            foreach (JsonElement paragraph in article.GetProperty("paragraphs").EnumerateArray())
            {
                string context = paragraph.GetProperty("context").GetString()!;
                (index % TestEvery == TestEvery - 1 ? test : training).AddRange(paragraph.GetProperty("qas").EnumerateArray().Select(asked => new SpanExample(
                    asked.GetProperty("question").GetString()!, context, [.. asked.GetProperty("answers").EnumerateArray().Select(answer => Place(context, answer))])));
            }
        }

        return new([.. training], [.. test]);
    }

    /// <summary>The file counts code points.</summary>
    private static Range Place(string context, JsonElement answer)
    {
        string text = answer.GetProperty("text").GetString()!;
        int start = 0;
        foreach (Rune rune in context.EnumerateRunes().Take(answer.GetProperty("answer_start").GetInt32())) start += rune.Utf16SequenceLength;
        return context.AsSpan(start).StartsWith(text, StringComparison.Ordinal) ? start..(start + text.Length)
            : throw new InvalidDataException($"The answer '{text}' is not at {start} of its context '{context[..Math.Min(40, context.Length)]}...'.");
    }

    private IEnumerable<TaggedExample> Sentences(string file)
    {
        List<string> words = [], tags = [];
        foreach (string line in File.ReadLines(data(["wnut17", file])).Append(""))
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                if (words.Count > 0) yield return new TaggedExample([.. words], [.. tags]);
                words.Clear();
                tags.Clear();
                continue;
            }

            string[] columns = line.Split('\t');
            if (columns.Length < 2 || columns[0].Length == 0) throw new InvalidDataException($"{file}: expected a word and its tag, found '{line}'.");
            words.Add(columns[0]);
            tags.Add(columns[1].Trim());
        }
    }
}
