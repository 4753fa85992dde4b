namespace NlpPretrain.Training.Tests;

public sealed class CorrelationsTests
{
    [Fact]
    public void By_hand()
    {
        // Deviations −1.5 −0.5 0.5 1.5 and −2 0 −1 3: products 3, 0, −0.5, 4.5 sum to 7; squares 5 and 14.
        Correlations.Pearson([1, 2, 3, 4], [0, 2, 1, 5]).Should().BeApproximately(7 / Math.Sqrt(5 * 14), 1e-15);

        // Ranks 1 2 3 4 and 1 3 2 4: 1 − 6·2/(4·15).
        Correlations.Spearman([1, 2, 3, 4], [0, 2, 1, 5]).Should().BeApproximately(0.8, 1e-15);

        // Ranks 1 2.5 2.5 4 and 1 2 3 4: products of deviations 2.25 + 0 + 0 + 2.25 = 4.5; squares 4.5 and 5.
        Correlations.Spearman([1, 7, 7, 9], [1, 2, 3, 4]).Should().BeApproximately(4.5 / Math.Sqrt(4.5 * 5), 1e-15);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(7, 3)] // many ties
    [InlineData(50, 4)]
    [InlineData(400, 1_000_000)]
    public void Agree_with_the_definitions(int count, int values)
    {
        var random = new Random(count);
        for (int round = 0; round < 40; round++)
        {
            double[] x = Draw(random, count, values), y = [.. x.Select(value => value / values + random.Next(values) / (double)values)];
            if (x.Distinct().Count() < 2 || y.Distinct().Count() < 2) continue;

            Correlations.Pearson(x, y).Should().BeApproximately(Pearson(x, y), 1e-12);
            Correlations.Spearman(x, y).Should().BeApproximately(Pearson(Ranks(x), Ranks(y)), 1e-12);
            Correlations.Spearman([.. x.Select(Math.Sqrt)], y).Should().Be(Correlations.Spearman(x, y)); // the order alone counts
        }
    }

    [Fact]
    public void Stay_within_one_and_minus_one_where_rounding_would_leave_them()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            double[] x = [.. Enumerable.Range(0, 9).Select(_ => random.NextDouble())];
            Correlations.Pearson(x, [.. x.Select(value => 3 * value + 1)]).Should().BeInRange(1 - 1e-12, 1);
            Correlations.Pearson(x, [.. x.Select(value => -0.1 * value)]).Should().BeInRange(-1, -1 + 1e-12);
        }
    }

    [Fact]
    public void A_constant_series_has_no_correlation_even_where_its_mean_is_rounded()
    {
        double[] constant = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1], other = [1, 2, 3, 4, 5, 7];
        foreach (double result in new[] { Correlations.Pearson(constant, other), Correlations.Pearson(other, constant), Correlations.Spearman(constant, other), Correlations.Spearman(other, constant) })
        {
            result.Should().Be(double.NaN);
        }
    }

    [Fact]
    public void Refuse_what_has_no_correlation()
    {
        FluentActions.Invoking(() => Correlations.Pearson([1, 2], [1])).Should().Throw<ArgumentException>().WithMessage("*2 and 1 values*");
        FluentActions.Invoking(() => Correlations.Spearman([1], [1])).Should().Throw<ArgumentException>().WithMessage("*at least 2*");
        foreach (double value in new[] { double.NaN, double.PositiveInfinity })
        {
            FluentActions.Invoking(() => Correlations.Pearson([1, 2], [1, value])).Should().Throw<ArgumentException>().WithMessage("Value 1 is *finite*");
            FluentActions.Invoking(() => Correlations.Spearman([value, 2], [1, 2])).Should().Throw<ArgumentException>().WithMessage("Value 0 is *finite*");
        }
    }

    private static double[] Draw(Random random, int count, int values) => [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(values))];

    private static double Pearson(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average(), xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }

        return xy / Math.Sqrt(xx * yy);
    }

    private static double[] Ranks(double[] x) => [.. x.Select(value => x.Count(other => other < value) + (x.Count(other => other == value) + 1) / 2.0)];
}
