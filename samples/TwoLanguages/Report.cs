using NlpPretrain.Word2Vec;
using Spectre.Console;

namespace NlpPretrain.Samples.TwoLanguages;

/// <summary>Prints how well the map translates words that it was not learned from.</summary>
internal static class Report
{
    public static void Precision(BilingualMap map, BilingualPair[] test, int targets)
    {
        Table table = new Table().Title("[bold]Held-out words translated rightly[/]").RoundedBorder();
        table.AddColumn("").AddColumn(new TableColumn("precision@1").RightAligned()).AddColumn(new TableColumn("precision@5").RightAligned());
        table.AddRow("by chance", $"{100.0 / targets:F2} %", $"{500.0 / targets:F2} %");
        foreach (BilingualRetrieval retrieval in new[] { BilingualRetrieval.Cosine, BilingualRetrieval.Csls })
        {
            BilingualPrecision precision = map.Evaluate(test, retrieval);
            table.AddRow(retrieval == BilingualRetrieval.Csls ? "CSLS" : "cosine", $"[bold]{100 * precision.AtOne:F1} %[/]", $"[bold]{100 * precision.AtFive:F1} %[/]");
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
    }

    public static void Translations(BilingualMap map, BilingualPair[] test)
    {
        Table table = new Table().Title("[bold]The most frequent held-out words[/]").RoundedBorder().AddColumns("English", "answers by CSLS", "lexicon");
        foreach (BilingualPair pair in test.Take(15))
        {
            IEnumerable<string> answers = map.Translate(pair.Source, count: 4)
                .Select(answer => answer.Word == pair.Target ? $"[green]{Show(answer.Word)}[/]" : Show(answer.Word));
            table.AddRow(Show(pair.Source), string.Join("  ", answers), Show(pair.Target));
        }

        AnsiConsole.Write(table);
    }

    private static string Show(string word) => word.Replace("_", "", StringComparison.Ordinal).EscapeMarkup();
}
