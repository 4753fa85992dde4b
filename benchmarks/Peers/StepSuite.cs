using System.Diagnostics;
using System.Globalization;

namespace NlpPretrain.Peers;

/// <summary>Training steps of a model on both sides in turn, in one process.</summary>
internal static class StepSuite
{
    private const int CheckedSteps = 3, WarmingRounds = 3, SettlingMilliseconds = 3;
    private const double Tolerance = 2e-4;

    /// <summary>Checks that both sides learn alike, then times them.</summary>
    public static void Compare(StepCase step, int rounds)
    {
        OurModel model = step.CreateOurs();
        TorchStep theirs = new(step, model.Weights.Parameters.ToDictionary(parameter => parameter.Name, TorchBuild.Copy));
        using OurStep ours = new(model);
        Batch[] batches = step.CreateBatches(4);
        for (int i = 0; i < CheckedSteps; i++)
        {
            (double mine, double other) = (ours.Run(batches[i]), theirs.Run(batches[i]));
            if (!(Math.Abs(mine - other) <= Tolerance * Math.Abs(other)))
                throw new InvalidOperationException($"{step.Name}: after {i} steps our loss is {mine} and libtorch's {other}; what is timed would not be the same work.");
        }

        double[] mineTimes = new double[rounds], theirTimes = new double[rounds];
        for (int round = -WarmingRounds; round < rounds; round++)
        {
            Batch batch = batches[(round + WarmingRounds) % batches.Length];
            double mine = Time(() => ours.Run(batch)), other = Time(() => theirs.Run(batch));
            if (round >= 0) (mineTimes[round], theirTimes[round]) = (mine, other);
        }

        double ourMedian = Median(mineTimes), theirMedian = Median(theirTimes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{step.Name}: ours {ourMedian * 1e3:F1} ms (best {mineTimes.Min() * 1e3:F1}), libtorch {theirMedian * 1e3:F1} ms (best {theirTimes.Min() * 1e3:F1}), {rounds} rounds; the pass takes {ours.ReservedBytes / 1e6:F0} MB"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RATIO steps/{step.Name}-{TorchBuild.Name} {theirMedian / ourMedian:F2} goal {step.Goal}"));
    }

    private static double Time(Func<double> action)
    {
        Thread.Sleep(SettlingMilliseconds);                                                   // the other side's threads stop spinning
        long start = Stopwatch.GetTimestamp();
        _ = action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
