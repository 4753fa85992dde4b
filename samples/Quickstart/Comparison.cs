using Spectre.Console;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>What pretraining is worth: every family fine-tuned for the same task, from random weights and from pretrained ones.</summary>
internal static class Comparison
{
    public static async Task RunAsync(Contestant[] contestants, NamespaceTask task, Settings settings)
    {
        // The runs are independent, so as many go on at once as there are workers, each on one thread. No result depends on that.
        double[] fromRandom = new double[contestants.Length], fromPretrained = new double[contestants.Length];
        int runs = 2 * contestants.Length, done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = settings.Workers, CancellationToken = settings.Stop };
        await Parallel.ForAsync(0, runs, parallel, async (run, stop) =>
        {
            (int index, bool isPretrained) = (contestants.Length - 1 - run / 2, run % 2 == 1); // BERT has the most work, and comes first
            Contestant contestant = contestants[index];
            double accuracy = await (isPretrained ? contestant.FromPretrained : contestant.FromRandom)(task, stop);
            (isPretrained ? fromPretrained : fromRandom)[index] = accuracy;
            Console.WriteLine($"{Interlocked.Increment(ref done),5} of {runs} runs  {contestant.Name,-8}  from {(isPretrained ? "pretrained" : "random"),-10} weights  {accuracy:P1}");
        });

        Table table = new Table().RoundedBorder().AddColumns("model", "from random weights", "pretrained", "difference");
        foreach (TableColumn column in table.Columns.Skip(1)) column.RightAligned();
        foreach ((int index, Contestant contestant) in contestants.Index())
        {
            double difference = 100 * (fromPretrained[index] - fromRandom[index]);
            table.AddRow(contestant.Name, $"{fromRandom[index]:P1}", $"[bold]{fromPretrained[index]:P1}[/]", $"{difference:+0.0;-0.0}");
        }

        AnsiConsole.Write(table);
    }
}
