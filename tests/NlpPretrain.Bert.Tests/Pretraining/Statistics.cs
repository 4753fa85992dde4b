namespace NlpPretrain.Bert.Tests;

internal static class Statistics
{
    /// <summary>Checks a count of independent events within three standard errors.</summary>
    internal static void ShouldBe(long found, long of, double probability, string what) => ((double)found / of).Should()
        .BeApproximately(probability, 3 * Math.Sqrt(probability * (1 - probability) / of), $"{found} of {of} {what}");
}
