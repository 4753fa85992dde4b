using System.Diagnostics;
using System.Globalization;

namespace NlpPretrain.Benchmarks;

/// <summary>Times two ways in turn, so that a slow moment of the machine meets both, and compares their medians.</summary>
internal static class AlternatingMedian
{
    private const double WarmingSeconds = 1;

    /// <summary>The medians of both ways, in seconds, after at least two rounds and a second that are not counted.</summary>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="baseline">What to compare with.</param>
    /// <param name="ours">What is measured.</param>
    /// <param name="prepare">What goes before each, untimed.</param>
    public static (double Baseline, double Ours) Measure(int rounds, Action baseline, Action ours, Action? prepare = null)
    {
        long start = Stopwatch.GetTimestamp();
        for (int warming = 0; warming < 2 || Stopwatch.GetElapsedTime(start).TotalSeconds < WarmingSeconds; warming++)
        {
            _ = (Time(prepare, baseline), Time(prepare, ours));
        }

        return Compare(rounds, () => Time(prepare, baseline), () => Time(prepare, ours));
    }

    /// <summary>The medians of both ways, which tell their own seconds.</summary>
    public static (double Baseline, double Ours) Compare(int rounds, Func<double> baseline, Func<double> ours)
    {
        double[] baselines = new double[rounds], candidates = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            (baselines[round], candidates[round]) = (baseline(), ours());
        }

        return (Median(baselines), Median(candidates));
    }

    /// <summary>Prints the line that a script reads.</summary>
    public static void PrintRatio(string name, (double Baseline, double Ours) times, double goal)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  baseline {times.Baseline * 1e3:F2} ms, ours {times.Ours * 1e3:F2} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RATIO {name} {times.Baseline / times.Ours:F3} goal {goal:0.0#}"));
    }

    private static double Time(Action? prepare, Action action)
    {
        prepare?.Invoke();
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
