namespace NlpPretrain.Training.Tests.Probes;

public class SenseProbeTests
{
    private const int Count = 200, Columns = 6;

    public static TheoryData<string> Probes => ["centroid", "logistic"];

    [Theory]
    [MemberData(nameof(Probes))]
    public void Equal_vectors_are_at_chance(string probe)
    {
        ProbeReport report = Run(probe, [.. Enumerable.Repeat(new[] { 0.1f, -3, 7 }, Count)], Labels(i => i % 4 == 0));
        (report.Count, report.Auc, report.Accuracy, report.MajorityAccuracy).Should().Be((Count, 0.5, 0.75, 0.75));
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public void Vectors_without_a_sense_are_near_chance_and_those_apart_are_told(string probe)
    {
        string[] labels = Labels(i => i % 2 == 0);
        Run(probe, Vectors(_ => 0, columns: 300), labels).Auc.Should().BeInRange(0.35, 0.65, "nothing that is fitted on is predicted");
        Run(probe, Vectors(i => i % 2 == 0 ? 1 : 0), labels).Auc.Should().BeApproximately(0.76, 0.1, "two normal distributions a deviation apart");
        ProbeReport apart = Run(probe, Vectors(i => i % 2 == 0 ? 20 : 0), labels);
        (apart.Auc, apart.Accuracy, apart.MajorityAccuracy).Should().Be((1, 1, 0.5));
        Run(probe, Vectors(i => i % 2 == 0 ? 20 : 0), Labels(i => i % 2 == 1)).Should().Be(apart, "which class is first has no part");
    }

    [Theory]
    [InlineData(0, 2, 1, 3, 0.75)]
    [InlineData(0, 1, 1, 2, 0.875)]
    [InlineData(5, 5, 5, 6, 0.75)]
    public void The_area_is_the_part_of_all_pairs_that_are_in_order_and_half_of_the_equal_ones(float a1, float a2, float b1, float b2, double expected)
    {
        float[][] vectors = [.. Enumerable.Range(0, Count).Select(i => new[] { i % 4 < 2 ? i % 2 == 0 ? a1 : a2 : i % 2 == 0 ? b1 : b2 })];
        ProbeReport report = SenseProbe.NearestCentroid(vectors, Labels(i => i % 4 >= 2), folds: 2);
        report.Auc.Should().BeApproximately(expected, 0.02, "the folds have about as many of each");
    }

    [Fact]
    public void A_regression_weighs_columns_and_a_large_penalty_makes_it_the_direction_of_the_means()
    {
        // Both columns share a noise that is ten times the difference; only their difference tells.
        Random random = new(3);
        string[] labels = Labels(i => i % 2 == 0);
        float[][] vectors = [.. Enumerable.Range(0, Count).Select(i =>
        {
            float noise = 10 * (float)Normal(random);
            return new[] { noise + (i % 2 == 0 ? 1 : 0), noise };
        })];
        SenseProbe.NearestCentroid(vectors, labels).Auc.Should().BeLessThan(0.65);
        SenseProbe.Logistic(vectors, labels, penalty: 1e-3).Auc.Should().BeGreaterThan(0.99);
        SenseProbe.Logistic(vectors, labels, penalty: 1e6).Auc.Should().BeLessThan(0.65);
    }

    [Fact]
    public void Bad_vectors_and_labels_are_refused()
    {
        float[][] two = [[1], [2]];
        Refused(() => SenseProbe.Logistic(two, ["a"]), "There are 1 labels for 2 vectors*");
        Refused(() => SenseProbe.Logistic(two, ["a", "a"]), "The labels are of 1 classes (a)*");
        Refused(() => SenseProbe.Logistic(two, ["a", "b"]), "Of the class 'a' there are 1 vectors; each of 5 folds*");
        Refused(() => SenseProbe.Logistic(two, ["a", "b"], folds: 1), "The number of folds is 1*");
        Refused(() => SenseProbe.Logistic(two, ["a", "b"], penalty: 0), "The penalty is 0*");
        Refused(() => SenseProbe.NearestCentroid([[1], [2, 3], [1], [2]], ["a", "b", "a", "b"], folds: 2), "Vector 1 has 2 values and vector 0 has 1*");
        Refused(() => SenseProbe.NearestCentroid([[1], [float.NaN], [1], [2]], ["a", "b", "a", "b"], folds: 2), "Vector 1 has a value that is not finite*");
    }

    private static void Refused(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);

    private static ProbeReport Run(string probe, float[][] vectors, string[] labels) => probe == "centroid" ? SenseProbe.NearestCentroid(vectors, labels) : SenseProbe.Logistic(vectors, labels);

    private static string[] Labels(Func<int, bool> isSecond) => [.. Enumerable.Range(0, Count).Select(i => isSecond(i) ? "fruit" : "device")];

    private static float[][] Vectors(Func<int, float> first, int columns = Columns)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, Count).Select(i => (float[])[.. Enumerable.Range(0, columns).Select(column => (float)Normal(random) + (column == 0 ? first(i) : 0))])];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
