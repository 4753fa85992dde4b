using System.Globalization;
using MathNet.Numerics.Statistics;

namespace NlpPretrain.Training;

/// <summary>Correlation coefficients of two series: how well scores agree with human judgements.</summary>
public static class Correlations
{
    /// <summary>Pearson's coefficient: how close the two are to a straight line.</summary>
    /// <param name="first">A series of finite numbers, at least two.</param>
    /// <param name="second">Another, as long.</param>
    /// <returns>From −1 to 1; not a number (<see cref="double.NaN"/>) where a series is constant, because the coefficient is undefined there.</returns>
    /// <exception cref="ArgumentException">The series differ in length, are shorter than two, or hold a value that is not finite.</exception>
    public static double Pearson(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        Check(first, second);
        return IsConstant(first) || IsConstant(second) ? double.NaN : Math.Clamp(Correlation.Pearson(first, second), -1, 1);
    }

    /// <summary>Spearman's coefficient: Pearson's of the ranks, where equal values share the mean of their ranks.</summary>
    /// <param name="first">A series of finite numbers, at least two.</param>
    /// <param name="second">Another, as long.</param>
    /// <returns>From −1 to 1; not a number (<see cref="double.NaN"/>) where a series is constant, because the coefficient is undefined there.</returns>
    /// <exception cref="ArgumentException">The series differ in length, are shorter than two, or hold a value that is not finite.</exception>
    public static double Spearman(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        Check(first, second);
        return IsConstant(first) || IsConstant(second) ? double.NaN : Math.Clamp(Correlation.Spearman(first, second), -1, 1);
    }

    private static void Check(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count) throw new ArgumentException($"The series have {first.Count} and {second.Count} values; give as many.", nameof(second));
        if (first.Count < 2) throw new ArgumentException($"The series have {first.Count} values; a correlation needs at least 2.", nameof(first));
        RequireFinite(first, nameof(first));
        RequireFinite(second, nameof(second));
    }

    private static void RequireFinite(IReadOnlyList<double> series, string name)
    {
        for (int i = 0; i < series.Count; i++)
        {
            if (!double.IsFinite(series[i]))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Value {i} is {series[i]}; a correlation needs finite numbers."), name);
        }
    }

    // Asked of the values: the variance of equal values comes out above 0 where their mean was rounded.
    private static bool IsConstant(IReadOnlyList<double> series) => series.All(value => value == series[0]);
}
