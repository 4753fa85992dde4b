using NlpPretrain.Word2Vec;
using Spectre.Console;

namespace NlpPretrain.Samples.TwoLanguages;

/// <summary>Prints how well the map translates words that it was not learned from.</summary>
internal static class Report
{
    public static void Precision(LanguageMap map, WordPair[] test, int targets)
    {
        Table table = new Table().Title("[bold]Held-out words translated rightly[/]").RoundedBorder();
        table.AddColumn("").AddColumn(new TableColumn("precision@1").RightAligned()).AddColumn(new TableColumn("precision@5").RightAligned());
        table.AddRow("by chance", $"{100.0 / targets:F2} %", $"{500.0 / targets:F2} %");
        foreach (bool csls in new[] { false, true })
        {
            int[][] answers = [.. test.Select(pair => map.Translate(pair.Source, count: 5, csls))];
            double first = answers.Zip(test).Count(item => item.First[0] == item.Second.Target);
            double five = answers.Zip(test).Count(item => item.First.Contains(item.Second.Target));
            table.AddRow(csls ? "CSLS" : "cosine", $"[bold]{100 * first / test.Length:F1} %[/]", $"[bold]{100 * five / test.Length:F1} %[/]");
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
    }

    public static void Translations(LanguageMap map, WordVectors source, WordVectors target, WordPair[] test)
    {
        Table table = new Table().Title("[bold]The most frequent held-out words[/]").RoundedBorder().AddColumns("English", "answers by CSLS", "lexicon");
        foreach (WordPair pair in test.Take(15))
        {
            IEnumerable<string> answers = map.Translate(pair.Source, count: 4, csls: true)
                .Select(word => word == pair.Target ? $"[green]{Show(target, word)}[/]" : Show(target, word));
            table.AddRow(Show(source, pair.Source), string.Join("  ", answers), Show(target, pair.Target));
        }

        AnsiConsole.Write(table);
    }

    private static string Show(WordVectors vectors, int word) => vectors.Words[word].Replace("_", "", StringComparison.Ordinal).EscapeMarkup();
}
