using System.Globalization;
using System.Text;
using NlpPretrain.Text;

namespace NlpPretrain.Benchmarks.Tokenizers;

/// <summary>Text to ids on one thread: line by line beside Microsoft.ML.Tokenizers, and texts of one kind of character, each twice as long as the one before.</summary>
/// <remarks>
/// What counts is the pass of a tokenizer that has encoded nothing before, each line once, as a corpus is read; the second pass over the same lines, in which every word has come before,
/// is printed beside it. Both libraries' code is compiled before the rounds that count, and each round makes new tokenizers, untimed. Ours gives offsets and segments too, theirs ids.
/// Times are those of the processor, of all threads of this process: what other programs do meanwhile is not in them, what the garbage collector does is.
/// </remarks>
internal static class TokenizersSuite
{
    private const double SpeedGoal = 5, RatioGoal = 1, DoublingGoal = 2.3;

    private static readonly EncodeOptions Bare = new() { AddSpecialTokens = false };

    private static double ProcessorSeconds => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Runs every case.</summary>
    /// <param name="quick">Two million bytes of text, sizes from 1/8 to 1 MiB, fewer rounds.</param>
    /// <param name="filter">A part of the names of cases, or null for all.</param>
    public static void Run(bool quick, string? filter)
    {
        foreach (TokenizerCase tokenizer in TokenizerCase.All(quick).Where(tokenizer => filter is null || tokenizer.Name.Contains(filter, StringComparison.Ordinal)))
        {
            Check(tokenizer);
            Compare(tokenizer, rounds: 3);
            if (tokenizer.IsDoubled) Double(tokenizer, quick);
        }
    }

    /// <summary>Counts the lines that both sides encode differently; without what theirs does otherwise by design, none may be left.</summary>
    private static void Check(TokenizerCase tokenizer)
    {
        if (tokenizer.Theirs is null) return;

        (Tokenizer ours, Func<string, IReadOnlyList<int>> theirs) = (tokenizer.Ours(), tokenizer.Theirs());
        int differences = 0;
        foreach (string line in tokenizer.Lines)
        {
            if (AreEqual(line)) continue;

            differences++;
            string common = Without(line, tokenizer.IsOutsideOfTheirs);
            if (!AreEqual(common)) throw new InvalidOperationException($"{tokenizer.Name}: both sides have different ids for: {common}");
        }

        Print($"  {tokenizer.Name}: {tokenizer.Lines.Length} lines; {differences} differ by characters that Microsoft.ML.Tokenizers drops or joins, and agree without them");

        bool AreEqual(string line) => ours.Encode(line, Bare).Ids.SequenceEqual([.. theirs(line)]);
    }

    private static void Compare(TokenizerCase tokenizer, int rounds)
    {
        double megabytes = tokenizer.Lines.Sum(line => (long)Encoding.UTF8.GetByteCount(line)) / 1e6;
        double[] cold = new double[rounds], warm = new double[rounds], theirCold = new double[rounds], theirWarm = new double[rounds];
        for (int round = -1; round < rounds; round++)
        {
            Tokenizer ours = tokenizer.Ours();
            int at = Math.Max(round, 0);
            (cold[at], warm[at]) = TwoPasses(tokenizer.Lines, line => ours.Encode(line, Bare));
            if (tokenizer.Theirs is null) continue;

            Func<string, IReadOnlyList<int>> theirs = tokenizer.Theirs();
            (theirCold[at], theirWarm[at]) = TwoPasses(tokenizer.Lines, line => theirs(line));
        }

        string both = tokenizer.Theirs is null ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; theirs {megabytes / Turns.Median(theirCold):F2}, {megabytes / Turns.Median(theirWarm):F2}");
        Print($"  {tokenizer.Name}: {megabytes:F1} MB; first pass {megabytes / Turns.Median(cold):F2} MB/s, second {megabytes / Turns.Median(warm):F2}{both}");
        Print($"FIGURE tokenizers/{tokenizer.Name}-speed {megabytes / Turns.Median(cold):F2} MB/s goal {SpeedGoal:F0}");
        if (tokenizer.Theirs is not null) Print($"RATIO tokenizers/{tokenizer.Name} {Turns.Median(theirCold) / Turns.Median(cold):F3} goal {RatioGoal:F1}");
    }

    private static (double First, double Second) TwoPasses(string[] lines, Action<string> encode)
    {
        GC.Collect();
        return (Pass(), Pass());

        double Pass()
        {
            double start = ProcessorSeconds;
            foreach (string line in lines) encode(line);
            return ProcessorSeconds - start;
        }
    }

    private static void Double(TokenizerCase tokenizer, bool quick)
    {
        int rounds = quick ? 7 : 3;
        int[] sizes = [.. Enumerable.Range(0, 4).Select(i => (quick ? 1 << 17 : 1 << 20) << i)];
        Tokenizer ours = tokenizer.Ours();
        foreach ((string name, Func<int, string> make) in HardTexts.All)
        {
            string[] texts = [.. sizes.Select(make)];
            double[][] times = [.. sizes.Select(_ => new double[rounds])];
            for (int round = -1; round < rounds; round++)
            {
                for (int size = 0; size < sizes.Length; size++)
                {
                    GC.Collect();
                    double start = ProcessorSeconds;
                    ours.Encode(texts[size], Bare);
                    times[size][Math.Max(round, 0)] = ProcessorSeconds - start;
                }
            }

            double[] medians = [.. times.Select(Turns.Median)];
            double worst = medians.Zip(medians.Skip(1), (before, after) => after / before).Max();
            Print($"  {tokenizer.Name}, {name}: {string.Join(", ", medians.Select(seconds => (seconds * 1e3).ToString("F1", CultureInfo.InvariantCulture)))} ms, {sizes[^1] / medians[^1] / 1e6:F1} MB/s");
            Print($"FIGURE tokenizers/{tokenizer.Name}/{name}-doubling {worst:F2} x goal {DoublingGoal:F1}");
        }
    }

    private static string Without(string line, Func<Rune, bool> isReplaced)
    {
        StringBuilder kept = new(line.Length);
        foreach (Rune rune in line.EnumerateRunes()) kept.Append(isReplaced(rune) ? " " : rune.ToString());
        return kept.ToString();
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
