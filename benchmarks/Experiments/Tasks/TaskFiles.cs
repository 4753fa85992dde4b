using System.CommandLine;
using System.Globalization;
using System.Xml.Linq;
using NlpPretrain.Text;

namespace NlpPretrain.Experiments;

/// <summary>The examples of a task: those to train on, and those to report.</summary>
internal sealed record TaskSplit<TExample>(TExample[] Training, TExample[] Test);

/// <summary>Reads the tasks as their authors published them; what a split is stands beside each.</summary>
/// <param name="data">The folder of a file, by its parts.</param>
/// <param name="form">Rewrites each text.</param>
internal sealed partial class TaskFiles(Func<string[], string> data, Func<string, string> form)
{
    public static TaskFiles Of(ParseResult options) => new(parts => options.Data(parts), options.GetValue(TaskOptions.Form) == "raw" ? text => text : WikiTextForm.Of);

    /// <summary>Stanford Sentiment Treebank, two classes, whole sentences: 6,920 for training and the 1,821 of the test set.</summary>
    public TaskSplit<TextExample> Sst2()
    {
        TextExample[] Read(string file) => [.. Rows("sst2", file, columns: 2, header: false).Select(row => new TextExample(form(row[0]), row[1]))];
        return new(Read("train.tsv"), Read("test.tsv"));
    }

    /// <summary>Recognizing Textual Entailment, of GLUE: its 2,490 for training, which the files have in two parts, and the 277 of its development set.</summary>
    public TaskSplit<PairExample> Rte()
    {
        IEnumerable<PairExample> Read(string file) => Rows("rte", file, columns: 4, header: true).Select(row => new PairExample(form(row[1]), form(row[2]), row[3]));
        return new([.. Read("train.tsv"), .. Read("val.tsv")], [.. Read("dev.tsv")]);
    }

    /// <summary>Microsoft Research Paraphrase Corpus: 4,076 for training and the 1,725 of the test set.</summary>
    public TaskSplit<PairExample> Mrpc()
    {
        PairExample[] Read(string file) => [.. Rows("mrpc", file, columns: 5, header: true).Select(row => new PairExample(form(row[3]), form(row[4]), row[0]))];
        return new(Read("msr_paraphrase_train.txt"), Read("msr_paraphrase_test.txt"));
    }

    /// <summary>Semantic Textual Similarity Benchmark: 5,749 for training and the 1,379 of the test set.</summary>
    public TaskSplit<ScoredPairExample> Stsb()
    {
        ScoredPairExample[] Read(string file) => [.. Rows("stsb", file, columns: 7, header: false)
            .Select(row => new ScoredPairExample(form(row[5]), form(row[6]), double.Parse(row[4], CultureInfo.InvariantCulture)))];
        return new(Read("sts-train.csv"), Read("sts-test.csv"));
    }

    /// <summary>Choice of Plausible Alternatives: the 500 of the development set for training and the 500 of the test set.</summary>
    /// <remarks>A question for a cause becomes "premise because", one for an effect "premise so", and the alternatives go on in lower case.</remarks>
    public TaskSplit<ChoiceExample> Copa()
    {
        ChoiceExample[] Read(string file) => [.. XDocument.Load(new StreamReader(data(["copa", file]))).Descendants("item").Select(item => new ChoiceExample(
            form($"{item.Element("p")!.Value.Trim().TrimEnd('.')} {((string?)item.Attribute("asks-for") == "cause" ? "because" : "so")}"),
            [form(GoOn(item.Element("a1")!.Value.Trim())), form(GoOn(item.Element("a2")!.Value.Trim()))],
            (int)item.Attribute("most-plausible-alternative")! - 1))];
        return new(Read("copa-dev.xml"), Read("copa-test.xml"));
    }

    /// <summary>A task's texts to train on without their labels, each example's on a line: what the language model may read of a task.</summary>
    public IEnumerable<string> Unlabelled(string task) => task switch
    {
        "sst2" => Sst2().Training.Select(example => example.Text),
        "rte" => Rte().Training.Select(Pair),
        "mrpc" => Mrpc().Training.Select(Pair),
        "stsb" => Stsb().Training.Select(example => example.First + example.Second),
        "copa" => Copa().Training.SelectMany(example => example.Choices.Select(choice => example.Context + choice)),
        _ => throw TaskOptions.Unknown(task, TaskOptions.AllTasks),
    };

    private static string Pair(PairExample example) => example.First + example.Second;

    private static string GoOn(string sentence) => sentence.StartsWith("I ", StringComparison.Ordinal) || sentence.StartsWith("I'", StringComparison.Ordinal)
        ? sentence
        : char.ToLowerInvariant(sentence[0]) + sentence[1..];

    // Columns behind those that the format names are sources and licences.
    private IEnumerable<string[]> Rows(string folder, string file, int columns, bool header)
    {
        string path = data([folder, file]);
        foreach ((int index, string line) in File.ReadLines(path).Index().Skip(header ? 1 : 0))
        {
            string[] row = line.Split('\t');
            yield return row.Length >= columns ? row : throw new InvalidDataException($"{path}, line {index + 1}: expected {columns} columns, found {row.Length}.");
        }
    }
}
