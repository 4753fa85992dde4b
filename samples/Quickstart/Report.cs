using NlpPretrain.Word2Vec;
using Spectre.Console;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>Prints what the vectors know. Words that the corpus does not have are left out.</summary>
internal static class Report
{
    // Rare words have vectors by chance; the most frequent ones make better answers.
    private static readonly SearchOptions Frequent = new() { Within = 5_000 };

    public static void Neighbours(WordVectors vectors, params string[] words)
    {
        Table table = new Table().Title("[bold]Nearest words[/], with their cosine").RoundedBorder().AddColumns("word", "neighbours");
        foreach (string word in words.Where(word => vectors.Contains(word)))
        {
            IEnumerable<string> nearest = vectors.MostSimilar(word, count: 5, Frequent)
                .Select(near => $"{near.Word.EscapeMarkup()}\u00A0[grey]{near.Score:F2}[/]");
            table.AddRow(word, string.Join("  ", nearest));
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
    }

    public static void Analogies(WordVectors vectors, params (string A, string B, string C, string Expected)[] questions)
    {
        Table table = new Table().Title("[bold]Analogies[/]").RoundedBorder().AddColumns("question", "answer", "then", "");
        foreach ((string a, string b, string c, string expected) in questions)
        {
            if (!vectors.Contains(a) || !vectors.Contains(b) || !vectors.Contains(c)) continue;

            WordScore[] answers = vectors.Analogy(a, b, c, count: 3, options: Frequent);
            string rest = string.Join(", ", answers.Skip(1).Select(answer => answer.Word));
            table.AddRow(
                $"{a} is to {b} as {c} is to",
                $"[bold]{answers[0].Word.EscapeMarkup()}[/]",
                $"[grey]{rest.EscapeMarkup()}[/]",
                answers[0].Word == expected ? "[green]as expected[/]" : $"[yellow]expected {expected.EscapeMarkup()}[/]");
        }

        AnsiConsole.Write(table);
    }

    public static void Saved(string vectors, string model)
    {
        // Not by Spectre.Console, which would cut or wrap a long path.
        Console.WriteLine($"Vectors  {vectors}");
        Console.WriteLine($"Model    {model}");
    }
}
