using System.Globalization;

namespace NlpPretrain.Peers;

/// <summary>The losses of a training run on both sides, step by step.</summary>
internal static class LossCurve
{
    private const int LastSteps = 50, PrintedEvery = 25;
    private const double GoalPercent = 1;

    /// <summary>Runs all steps and prints how far the sides are apart.</summary>
    /// <param name="name">The name of the figures.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="run">Both losses of a step.</param>
    public static void Compare(string name, int steps, Func<int, (double Mine, double Other)> run)
    {
        double[] mine = new double[steps], other = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            (mine[i], other[i]) = run(i);
            if ((i + 1) % PrintedEvery == 0) Print($"step {i + 1}: ours {mine[i]:F4}, libtorch {other[i]:F4}, apart by {Percent(mine[i], other[i]):F4} %");
        }

        (double ourMean, double theirMean) = (mine[^LastSteps..].Average(), other[^LastSteps..].Average());
        Print($"the last {LastSteps} steps: ours {ourMean:F4}, libtorch {theirMean:F4}");
        Print($"FIGURE {name}-largest-difference {mine.Zip(other, Percent).Max():F4} % goal {GoalPercent}");
        Print($"FIGURE {name}-last-{LastSteps}-difference {Percent(ourMean, theirMean):F4} % goal {GoalPercent}");
    }

    // A loss that is not a number is a difference without bound, which Max would pass over.
    private static double Percent(double mine, double other) =>
        100 * Math.Abs(mine - other) / other is var percent && double.IsFinite(percent) ? percent : double.PositiveInfinity;

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
