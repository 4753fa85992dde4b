namespace NlpPretrain.Training.Tests;

public sealed class MetricsTests
{
    [Fact]
    public void Precision_recall_and_f1_give_the_figures_that_the_CoNLL_script_documents()
    {
        // "459 phrases; found: 539 phrases; correct: 371": precision 68.83%, recall 80.83%, FB1 74.35.
        var all = new PrecisionRecall(371, 539 - 371, 459 - 371);

        (100 * all.Precision).Should().BeApproximately(68.83, 0.005);
        (100 * all.Recall).Should().BeApproximately(80.83, 0.005);
        (100 * all.F1).Should().BeApproximately(74.35, 0.005);
    }

    [Fact]
    public void Nothing_found_and_nothing_there_are_zero_and_not_NaN()
    {
        (default(PrecisionRecall).Precision, default(PrecisionRecall).Recall, default(PrecisionRecall).F1).Should().Be((0d, 0d, 0d));
        new PrecisionRecall(0, 3, 4).F1.Should().Be(0);
    }

    [Fact]
    public void Two_classes_by_hand()
    {
        // right:     + + + + − − − − − −
        // predicted: + + + − + + − − − −    TP 3, FN 1, FP 2, TN 4
        ClassificationReport report = ClassificationReport.Compare([.. "++++------".Select(c => $"{c}")], [.. "+++-++----".Select(c => $"{c}")]);

        report.Accuracy.Should().BeApproximately(0.7, 1e-15);
        report["+"].Should().Be(new PrecisionRecall(3, 2, 1));
        report["+"].Precision.Should().BeApproximately(3 / 5.0, 1e-15);
        report["+"].Recall.Should().BeApproximately(3 / 4.0, 1e-15);
        report["+"].F1.Should().BeApproximately(2 / 3.0, 1e-15);
        report["-"].F1.Should().BeApproximately(8 / 11.0, 1e-15);
        report.MacroF1.Should().BeApproximately((2 / 3.0 + 8 / 11.0) / 2, 1e-15);
        report.MacroPrecision.Should().BeApproximately((3 / 5.0 + 4 / 5.0) / 2, 1e-15);
        report.MacroRecall.Should().BeApproximately((3 / 4.0 + 4 / 6.0) / 2, 1e-15);
        report.MatthewsCorrelation.Should().BeApproximately((3 * 4 - 2 * 1) / Math.Sqrt(5.0 * 4 * 6 * 5), 1e-15); // Matthews' own form
        report["absent"].Should().Be(default(PrecisionRecall));
    }

    [Fact]
    public void Matthews_correlation_of_many_classes_is_the_correlation_of_their_indicators()
    {
        var random = new Random(11);
        for (int round = 0; round < 50; round++)
        {
            string[] right = Draw(random, 60, classes: 4), predicted = [.. right.Select(label => random.Next(3) == 0 ? Draw(random, 1, 5)[0] : label)];

            ClassificationReport.Compare(right, predicted).MatthewsCorrelation.Should().BeApproximately(Gorodkin(right, predicted), 1e-12);
        }
    }

    [Fact]
    public void Matthews_correlation_is_one_minus_one_or_zero_at_the_extremes()
    {
        ClassificationReport.Compare(["a", "b", "c"], ["a", "b", "c"]).MatthewsCorrelation.Should().Be(1);
        ClassificationReport.Compare(["a", "b"], ["b", "a"]).MatthewsCorrelation.Should().Be(-1);
        ClassificationReport.Compare(["a", "b"], ["a", "a"]).MatthewsCorrelation.Should().Be(0);
        ClassificationReport.Compare(["a", "a"], ["a", "a"]).MatthewsCorrelation.Should().Be(0);
    }

    [Fact]
    public void A_class_that_was_only_predicted_counts_in_the_macro_mean()
    {
        ClassificationReport report = ClassificationReport.Compare(["a", "a"], ["a", "z"]);
        report.Labels.Should().Equal("a", "z");
        report.MacroF1.Should().BeApproximately((2 / 3.0 + 0) / 2, 1e-15);
    }

    [Fact]
    public void Refuses_lists_that_cannot_be_compared()
    {
        FluentActions.Invoking(() => ClassificationReport.Compare(["a"], [])).Should().Throw<ArgumentException>().WithMessage("*0 predictions for 1*");
        FluentActions.Invoking(() => ClassificationReport.Compare([], [])).Should().Throw<ArgumentException>().WithMessage("*at least one*");
    }

    private static string[] Draw(Random random, int count, int classes) => [.. Enumerable.Range(0, count).Select(_ => $"{(char)('a' + random.Next(classes))}")];

    /// <summary>The covariance of the two one-hot matrices over the root of their variances, by definition.</summary>
    private static double Gorodkin(string[] right, string[] predicted)
    {
        string[] labels = [.. right.Union(predicted)];
        double Covariance(string[] x, string[] y) => labels.Sum(label =>
        {
            double meanX = x.Average(v => v == label ? 1.0 : 0), meanY = y.Average(v => v == label ? 1.0 : 0);
            return x.Zip(y).Sum(pair => ((pair.First == label ? 1 : 0) - meanX) * ((pair.Second == label ? 1 : 0) - meanY));
        });
        return Covariance(right, predicted) / Math.Sqrt(Covariance(right, right) * Covariance(predicted, predicted));
    }
}
