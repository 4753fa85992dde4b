using System.Diagnostics;

namespace NlpPretrain.Benchmarks;

/// <summary>Times several sides in turn, so that a slow moment of the machine meets all, and takes medians.</summary>
/// <remarks>
/// A turn waits until the threads of the side before have stopped spinning, calls once untimed to wake its own and to bring its data near, and then times
/// as many calls as fill its length. Each round starts with another side.
/// </remarks>
internal sealed class Turns(int rounds, double seconds)
{
    private const int SettlingMilliseconds = 2, MaximumCalls = 10_000;

    // Tiered compilation takes a moment to find what is hot.
    private const double WarmingSeconds = 0.3;

    /// <summary>The median seconds of a call of each side.</summary>
    public double[] Medians(IReadOnlyList<Action> sides)
    {
        int[] calls = [.. sides.Select(Warm)];
        double[][] times = [.. sides.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < sides.Count; i++)
            {
                int side = (round + i) % sides.Count;
                times[side][round] = Turn(sides[side], calls[side]);
            }
        }

        return [.. times.Select(Median)];
    }

    internal static double Median(double[] values) => Quantile(values, 0.5);

    internal static double Quantile(double[] values, double part)
    {
        double[] sorted = [.. values.Order()];
        double at = part * (sorted.Length - 1);
        return (sorted[(int)Math.Floor(at)] + sorted[(int)Math.Ceiling(at)]) / 2;
    }

    // Returns how many calls fill a turn.
    private int Warm(Action side)
    {
        double best = double.MaxValue;
        for (long start = Stopwatch.GetTimestamp(); best == double.MaxValue || Stopwatch.GetElapsedTime(start).TotalSeconds < WarmingSeconds;)
            best = Math.Min(best, Time(side, 1));

        return (int)Math.Clamp(seconds / best, 1, MaximumCalls);
    }

    private static double Turn(Action side, int calls)
    {
        Thread.Sleep(SettlingMilliseconds);
        side();
        return Time(side, calls);
    }

    private static double Time(Action side, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int call = 0; call < calls; call++) side();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }
}
