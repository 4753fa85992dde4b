using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo.Tests.FineTuning;

public sealed class ElmoFineTuningErrorTests
{
    private static readonly ElmoModel Pretrained = ToyElmo.Model();

    public static TheoryData<string, TrainingOptions> RefusedOptions => new()
    {
        { "Evaluation", new() { Evaluation = new InMemoryCorpus(["text"]) } },
        { "EvaluationInterval", new() { EvaluationInterval = 7 } },
        { "LearningRate", new() { LearningRate = -1 } },
        { "BatchSize", new() { BatchSize = 0 } },
    };

    [Theory]
    [MemberData(nameof(RefusedOptions))]
    public async Task Options_without_a_use_are_refused_by_name(string name, TrainingOptions options) => await Refused(Texts(), [new("good", "yes")], $"*TrainingOptions.{name}*", options);

    [Fact]
    public async Task Bad_text_examples_are_refused()
    {
        await Refused(Texts(), [], "There are no examples*");
        await Refused(Texts(), [new("good", "yes"), new("good", "maybe")], "Example 1 has the label 'maybe', which is none of the 2 labels of this model (yes, no)*");
        await Refused(Texts(), [new("good", "yes"), new("", "yes")], "The text of example 1 is empty*");
        await Refused(Texts(), [new(" \n", "yes")], "The text of example 0 is without a token*");
        await Refused(Texts(), [null!], "The text of example 0 is null*");
        await Refused(Texts(heldOut: []), [new("good", "yes")], "There are no held-out examples*");
        await Refused(Texts(heldOut: [new("good", "maybe")]), [new("good", "yes")], "Of the held-out examples: Example 0 has the label 'maybe'*");
    }

    [Fact]
    public async Task Bad_pairs_and_scores_are_refused()
    {
        await Refused(new ElmoPairClassification(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]), [new("good", "", "yes")], "The second text of example 0 is empty*");
        await Refused(new ElmoSimilarity(ToyElmo.Vocabulary, ToyElmo.Tokenizer), [new("good", "bad", double.NaN)], "Example 0 has the score NaN*ScoredPairExample.Score*");
        await Refused(new ElmoSimilarity(ToyElmo.Vocabulary, ToyElmo.Tokenizer), [], "There are no examples*");
    }

    [Fact]
    public async Task Bad_tags_are_refused()
    {
        ElmoTagging tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["O", "B-x"]);
        await Refused(tuner, [new(["good"], ["O"]), new(["good"], ["B-y"])], "Example 1 has the label 'B-y', which is none of the 2 labels of this model (O, B-x)*");
        await Refused(tuner, [new([], [])], "Example 0 has no words*");
        await Refused(tuner, [new(["good", "bad"], ["O"])], "Example 0 has 2 words and 1 tags*");
        await Refused(tuner, [new(["good", ""], ["O", "O"])], "Word 1 of example 0 is empty*TaggedExample.Words*");
        ElmoTagger tagger = tuner.CreateTuned(Pretrained, 1);
        FluentActions.Invoking(() => tagger.Tag(["", "good"])).Should().Throw<ArgumentException>().WithMessage("Word 0 of the sentence is empty*");
        FluentActions.Invoking(() => Evaluate.Tagging(tagger, [new(["good"], ["B-X"])])).Should().Throw<ArgumentException>().WithMessage("Example 0 has the tag 'B-X', which is none of the model's (O, B-x)*");
    }

    [Fact]
    public async Task Bad_spans_are_refused()
    {
        ElmoSpanExtraction tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer);
        await Refused(tuner, [Span("the fine run", 4..8), Span("the fine run", 9..14)], "Example 1 has an answer from 9 to 14; its context has 12 characters*SpanExample.Answers*");
        await Refused(tuner, [Span("the fine run", 4..8, ^20..^18)], "Example 0 has an answer from -8 to -6*");
        await Refused(tuner, [Span("the  fine", 3..5)], "Example 0 has an answer from 3 to 5 that has no token of its context, such as white space*");
        await Refused(tuner, [Span("the fine")], "Example 0 has no answer*ElmoSpanOptions.NullThreshold*");
        await Refused(tuner, [Span("", 0..1)], "The context of example 0 is empty*");
        await Refused(tuner, [new("", "the", [new Range(0, 1)])], "The question of example 0 is empty*");
        FluentActions.Invoking(() => tuner.CreateTuned(Pretrained, 1).ExtractBatch([("good", "the"), ("good", "")])).Should().Throw<ArgumentException>().WithMessage("The context of example 1 is empty*");

        static SpanExample Span(string context, params Range[] answers) => new("good ?", context, answers);
    }

    [Fact]
    public void Bad_labels_tuning_options_and_vocabularies_are_refused()
    {
        Create(new(), ["a"], "There are 1 labels; a task needs at least 2*");
        Create(new() { ClassifierDropout = 1 }, message: "ClassifierDropout is 1*ElmoTuningOptions.ClassifierDropout*");
        Create(new() { VectorDropout = -0.5f }, message: "VectorDropout is -0.5*");
        Create(new() { MaxLength = 1 }, message: "MaxLength is 1*at least 2*");
        Create(new() { HeadCells = 0 }, message: "HeadCells is 0*from 1 to 65536*");
        Create(new() { MixPenalty = double.NaN }, message: "MixPenalty is NaN*");
        Create(new() { ModelRate = -1 }, message: "ModelRate is -1*at least 0 and finite*");
        Create(new() { KeptBytes = -1 }, message: "KeptBytes is -1*");
        Create(new() { Patience = 2 }, message: "Patience is 2*null without held-out examples*");
        Create(new() { Patience = 0 }, message: "Patience is 0*at least 1*");
        Spans(new() { DocumentStride = 0 }, "DocumentStride is 0*ElmoSpanOptions.DocumentStride*");
        Spans(new() { MaxQuestionLength = 0 }, "MaxQuestionLength is 0*");
        Spans(new() { MaxAnswerLength = 0 }, "MaxAnswerLength is 0*");
        Spans(new() { Candidates = 0 }, "Candidates is 0*");
        Spans(new() { NullThreshold = double.NaN }, "NullThreshold is NaN*");
        FluentActions.Invoking(() => Texts().CreateTuned(new(ToyElmo.Config with { VocabularySize = 10 }, 1), 1))
            .Should().Throw<ArgumentException>().WithMessage($"The vocabulary has {ToyElmo.Vocabulary.Count} words and the model 10 (ElmoConfig.VocabularySize)*");
        FluentActions.Invoking(() => new ElmoSimilarity(null, ToyElmo.Tokenizer).CreateTuned(Pretrained, 1)).Should().Throw<ArgumentException>().WithMessage("This model reads words as ids of its vocabulary, and none was given*");

        static void Create(ElmoTuningOptions tuning, string[]? labels = null, string message = "") =>
            FluentActions.Invoking(() => new ElmoTextClassification(ToyElmo.Vocabulary, ToyElmo.Tokenizer, labels ?? ["a", "b"]) { Tuning = tuning }.CreateTuned(Pretrained, 1)).Should().Throw<ArgumentException>().WithMessage(message);

        static void Spans(ElmoSpanOptions spans, string message) =>
            FluentActions.Invoking(() => new ElmoSpanExtraction(ToyElmo.Vocabulary, ToyElmo.Tokenizer) { Spans = spans }.CreateTuned(Pretrained, 1)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void Empty_inputs_of_predictions_are_refused()
    {
        ElmoTextClassifier texts = Texts().CreateTuned(Pretrained, 1);
        FluentActions.Invoking(() => texts.Classify("")).Should().Throw<ArgumentException>().WithMessage("The text is empty*");
        FluentActions.Invoking(() => texts.ClassifyBatch(["good", ""])).Should().Throw<ArgumentException>().WithMessage("The text of example 1 is empty*");
        texts.ClassifyBatch([]).Should().BeEmpty();
        texts.Classify("?!").Probability.Should().BeGreaterThanOrEqualTo(0.5, "what has no word is read as it is");
    }

    [Fact]
    public async Task A_run_that_diverges_says_so()
    {
        ElmoTextClassification tuner = Texts();
        Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), ToyTexts.Texts(64), new() { LearningRate = 1e38, Epochs = 5, Schedule = LearningRateSchedules.Constant() }).RunAsync();
        (await run.Should().ThrowAsync<NonFiniteLossException>()).Which.Step.Should().BeGreaterThan(1);
    }

    private static ElmoTextClassification Texts(TextExample[]? heldOut = null) => new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]) { HeldOut = heldOut };

    private static async Task Refused<TExample, TTuned>(ElmoFineTuner<TExample, TTuned> tuner, TExample[] examples, string message, TrainingOptions? options = null)
        where TExample : class
        where TTuned : ElmoTunedModel
    {
        Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), examples, options ?? new()).RunAsync();
        await run.Should().ThrowAsync<ArgumentException>().WithMessage(message);
    }
}
