namespace NlpPretrain.Training.Tests;

/// <summary>Cases worked out by hand after the official script's rules.</summary>
public sealed class SpanReportTests
{
    [Theory]
    [InlineData("the Norman conquest", "Norman Conquest.", 1, 1)]
    [InlineData("a", "the", 1, 1)]                                                     // nothing is left of either
    [InlineData("10th century", "the 10th and 11th century", 0, 2 * (2 / 4.0) * 1 / (2 / 4.0 + 1))]
    [InlineData("to be or not to be", "to be", 0, 2 * 1 * (2 / 6.0) / (1 + 2 / 6.0))]
    [InlineData("be be", "be to be be", 0, 2 * (2 / 4.0) * 1 / (2 / 4.0 + 1))]         // each word counts as often as both have it
    [InlineData("$400", "400", 1, 1)]
    [InlineData("well-known", "wellknown", 1, 1)]
    [InlineData("well-known", "well known", 0, 0)]
    [InlineData("theory", "the ory", 0, 0)]                                            // an article is a whole word
    [InlineData("Paris", "London", 0, 0)]
    [InlineData("Paris", "", 0, 0)]
    [InlineData("北京大学", "北京", 0, 2 * 1 * 0.5 / 1.5)]
    [InlineData("2008年", "2008 年", 0, 1)]
    public void One_answer(string right, string answer, double exact, double f1)
    {
        SpanReport report = SpanReport.Compare([[right]], [answer]);
        (report.Count, report.ExactMatch).Should().Be((1, exact));
        report.F1.Should().BeApproximately(f1, 1e-15);
    }

    [Fact]
    public void The_best_of_several_right_answers_counts_for_each_measure()
    {
        SpanReport report = SpanReport.Compare([["1066", "in the year 1066", "1066"], ["red"]], ["year 1066", "blue"]);
        report.ExactMatch.Should().Be(0);
        report.F1.Should().BeApproximately(2 * 1 * (2 / 3.0) / (1 + 2 / 3.0) / 2, 1e-15);
    }

    [Fact]
    public void Questions_without_an_answer_are_right_where_none_is_given()
    {
        SpanReport report = SpanReport.Compare([[], [], ["x y"], ["..."]], ["", "z", "x", ""]);
        (report.Count, report.ExactMatch).Should().Be((4, 0.5));
        report.F1.Should().BeApproximately((1 + 0 + 2 / 3.0 + 1) / 4, 1e-15);
        report.Unanswerable.Should().BeEquivalentTo(new { Count = 2, ExactMatch = 0.5, F1 = 0.5 });
        report.Answerable!.Count.Should().Be(2);
        report.Answerable.F1.Should().BeApproximately((2 / 3.0 + 1) / 2, 1e-15);
        SpanReport.Compare([["a b"]], ["b"]).Unanswerable.Should().BeNull();
    }

    [Fact]
    public void A_model_is_evaluated_by_the_texts_of_its_places()
    {
        SpanReport report = Evaluate.Spans(new Model(), [new("?", "red car", Places(..3)), new("?", "blue", Places(..^1)), new("?", "none", [])], TestContext.Current.CancellationToken);
        (report.Count, report.ExactMatch).Should().Be((3, 2 / 3.0));                       // "red" and "blu"
    }

    [Fact]
    public void Answers_outside_their_passage_are_refused()
    {
        FluentActions.Invoking(() => Evaluate.Spans(new Model(), [new("?", "red", Places(..3)), new("?", "blue", Places(2..9))])).Should().Throw<ArgumentException>()
            .WithMessage("Example 1 has an answer from 2 to 9; its context has 4 characters*SpanExample.Answers*");
        FluentActions.Invoking(() => Evaluate.Spans(new Model(), [new("?", "red", Places(2..2))])).Should().Throw<ArgumentException>().WithMessage("Example 0 has an answer from 2 to 2*");
        FluentActions.Invoking(() => Evaluate.Spans(new Model(), [new("?", "r", Places(..1))])).Should().Throw<InvalidOperationException>().WithMessage("The model answered 0 to 3 of a context of 1*");
        FluentActions.Invoking(() => Evaluate.Spans(new Model(), [])).Should().Throw<ArgumentException>().WithMessage("*no example*");
        FluentActions.Invoking(() => SpanReport.Compare([["a"]], [])).Should().Throw<ArgumentException>().WithMessage("There are 0 predicted answers for 1*");
    }

    private static Range[] Places(params Range[] places) => places;

    private sealed class Model : ISpanExtractor
    {
        public Range? Extract(string question, string context) => ..3;
    }
}
