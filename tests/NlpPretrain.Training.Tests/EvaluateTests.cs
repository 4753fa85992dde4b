namespace NlpPretrain.Training.Tests;

public sealed class EvaluateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Texts()
    {
        ClassificationReport report = Evaluate.Classification(new Model(),
            [new("good film", "+"), new("bad film", "-"), new("good, not", "-"), new("bad", "unseen")], Token);

        (report.Count, report.Correct).Should().Be((4, 2));
        report["+"].Should().Be(new PrecisionRecall(1, 1, 0));
        report["-"].Should().Be(new PrecisionRecall(1, 1, 1));
        report["unseen"].Should().Be(new PrecisionRecall(0, 0, 1));
    }

    [Fact]
    public void Pairs() =>
        Evaluate.Pairs(new Model(), [new("a", "a", "+"), new("a", "b", "-"), new("a", "b", "+")], Token).Accuracy.Should().BeApproximately(2 / 3.0, 1e-15);

    [Fact]
    public void Similarity()
    {
        SimilarityReport report = Evaluate.Similarity(new Model(), [new("", "a", 1), new("", "ab", 2), new("", "abcdefghi", 3)], Token);

        report.Count.Should().Be(3);
        report.Spearman.Should().BeApproximately(1, 1e-15);
        report.Pearson.Should().BeApproximately(8 / Math.Sqrt(2 * 38), 1e-15); // scores 1, 2, 9: deviations −3, −2, 5
    }

    [Fact]
    public void Choices()
    {
        ChoiceReport report = Evaluate.Choices(new Model(), [new("", ["a", "bb"], 1), new("", ["aaa", "bb", "c"], 1), new("", ["a", "bb", "ccc"], 2)], Token);

        report.Should().Be(new ChoiceReport(3, 2));
        report.Accuracy.Should().BeApproximately(2 / 3.0, 1e-15);
        FluentActions.Invoking(() => Evaluate.Choices(new Model { Wrong = true }, [new("", ["a", "b"], 1)], Token)).Should().Throw<InvalidOperationException>().WithMessage("The model chose 7 of 2*");
    }

    [Fact]
    public void Tags_that_mark_entities()
    {
        TaggingReport report = Evaluate.Tagging(new Model(), [new(["Ada", "Lovelace", "wrote"], ["B-PER", "I-PER", "O"]), new(["London"], ["B-LOC"])], Token);

        report.Words.Accuracy.Should().BeApproximately(2 / 4.0, 1e-15); // Ada and wrote
        report.Entities!.Overall.Should().Be(new PrecisionRecall(0, 3, 2));
    }

    [Fact]
    public void Tags_that_do_not()
    {
        TaggingReport report = Evaluate.Tagging(new Model(), [new(["Ada", "wrote"], ["B-PER", "VERB"]), new([], [])], Token);

        report.Words.Accuracy.Should().Be(0.5);
        report.Entities.Should().BeNull();
    }

    [Fact]
    public void Refuses_what_cannot_be_evaluated()
    {
        var model = new Model();
        FluentActions.Invoking(() => Evaluate.Classification(model, [], Token)).Should().Throw<ArgumentException>().WithMessage("*no example*");
        FluentActions.Invoking(() => Evaluate.Classification(null!, [new("", "+")], Token)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => Evaluate.Classification(model, [new("", "1"), new("", "0")], Token)).Should().Throw<ArgumentException>().WithMessage("No example has a class of the model, which knows '+', '-'; the first has '1'*");
        FluentActions.Invoking(() => Evaluate.Pairs(model, [new("", "", "1")], Token)).Should().Throw<ArgumentException>().WithMessage("No example has a class*");
        FluentActions.Invoking(() => Evaluate.Tagging(model, [new(["a"], [])], Token)).Should().Throw<ArgumentException>().WithMessage("Example 0 has 0 tags for 1*");
        FluentActions.Invoking(() => Evaluate.Tagging(new Model { Wrong = true }, [new(["a"], ["O"])], Token)).Should().Throw<InvalidOperationException>().WithMessage("*2 tags for 1*");
        FluentActions.Invoking(() => Evaluate.Tagging(model, [new(["a"], ["O"]), new(["b", "c"], ["O", "B-per"])], Token)).Should().Throw<ArgumentException>()
            .WithMessage("Example 1 has the tag 'B-per', which is none of the model's (O, B-PER, I-PER, B-LOC, VERB)*");
        FluentActions.Invoking(() => Evaluate.Similarity(model, [new("", "", 1)], Token)).Should().Throw<ArgumentException>().WithMessage("*at least 2*");
    }

    [Fact]
    public void Stops_when_cancelled()
    {
        using var source = new CancellationTokenSource();
        var model = new Model { OnAnswer = source.Cancel };

        FluentActions.Invoking(() => Evaluate.Classification(model, [new("good", "+"), new("good", "+")], source.Token)).Should().Throw<OperationCanceledException>();
        model.Answers.Should().Be(1);
    }

    [Fact]
    public void A_model_that_answers_together_is_asked_once()
    {
        var model = new Together();

        Evaluate.Classification(model, [new("good", "+"), new("bad", "-")], Token).Correct.Should().Be(1);
        model.Calls.Should().Be(1);
    }

    private sealed class Together : ITextClassifier
    {
        public int Calls { get; private set; }

        public IReadOnlyList<string> Labels => ["+", "-"];

        public Prediction Classify(string text) => throw new NotSupportedException();

        public IReadOnlyList<Prediction> ClassifyBatch(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
        {
            Calls++;
            return [.. texts.Select(_ => new Prediction("+", 1))];
        }
    }

    /// <summary>Good is +; equal texts are +; a score is the second text's length; the longest choice; capitals begin a person.</summary>
    private sealed class Model : ITextClassifier, IPairClassifier, ISimilarityScorer, IChoiceSelector, ITagger
    {
        public bool Wrong { get; init; }

        public Action? OnAnswer { get; init; }

        public int Answers { get; private set; }

        public IReadOnlyList<string> Labels => ["+", "-"];

        IReadOnlyList<string> ITagger.Labels => ["O", "B-PER", "I-PER", "B-LOC", "VERB"];

        public Prediction Classify(string text)
        {
            Answers++;
            OnAnswer?.Invoke();
            return new Prediction(text.Contains("good") ? "+" : "-", 1);
        }

        public Prediction Classify(string first, string second) => new(first == second ? "+" : "-", 1);

        public double Score(string first, string second) => second.Length;

        public int Choose(string context, IReadOnlyList<string> choices) => Wrong ? 7 : choices.Index().MaxBy(choice => choice.Item.Length).Index;

        public IReadOnlyList<string> Tag(IReadOnlyList<string> words) =>
            Wrong ? ["O", "O"] : [.. words.Select(word => char.IsUpper(word[0]) ? "B-PER" : "O")];
    }
}
