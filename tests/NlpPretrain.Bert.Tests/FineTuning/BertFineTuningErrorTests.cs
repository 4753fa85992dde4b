using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert.Tests.FineTuning;

public sealed class BertFineTuningErrorTests
{
    private static readonly BertModel Pretrained = new(ToyTasks.Config, 1);

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
        await Refused(Texts(), [null!], "The text of example 0 is null*");
        await Refused(Texts(heldOut: []), [new("good", "yes")], "There are no held-out examples*");
        await Refused(Texts(heldOut: [new("good", "maybe")]), [new("good", "yes")], "Of the held-out examples: Example 0 has the label 'maybe'*");
    }

    [Fact]
    public async Task Bad_pairs_scores_and_choices_are_refused()
    {
        await Refused(new BertPairClassification(ToyTasks.Tokenizer, ["yes", "no"]), [new("good", "", "yes")], "The second text of example 0 is empty*");
        await Refused(new BertSimilarity(ToyTasks.Tokenizer), [new("good", "bad", double.NaN)], "Example 0 has the score NaN*ScoredPairExample.Score*");
        await Refused(new BertSimilarity(ToyTasks.Tokenizer), [], "There are no examples*");
        await Refused(new BertMultipleChoice(ToyTasks.Tokenizer), [new("the", ["good"], 0)], "Example 0 has 1 choices; it needs at least 2 (ChoiceExample.Choices)*");
        await Refused(new BertMultipleChoice(ToyTasks.Tokenizer), [new("the", ["good", "bad"], 2)], "Example 0 has the answer 2; its 2 choices are 0 to 1 (ChoiceExample.Answer)*");
    }

    [Fact]
    public async Task Bad_tags_are_refused()
    {
        BertTagging tuner = new(ToyTasks.Tokenizer, ["O", "B-x"]);
        await Refused(tuner, [new(["good"], ["O"]), new(["good"], ["B-y"])], "Example 1 has the label 'B-y', which is none of the 2 labels of this model (O, B-x)*");
        await Refused(tuner, [new([], [])], "Example 0 has no words*");
        await Refused(tuner, [new(["good", "bad"], ["O"])], "Example 0 has 2 words and 1 tags*");
        await Refused(tuner, [new(["good", ""], ["O", "O"])], "Word 1 of example 0 is empty*TaggedExample.Words*");
        BertTagger tagger = tuner.CreateTuned(Pretrained, 1);
        FluentActions.Invoking(() => tagger.Tag(["", "good"])).Should().Throw<ArgumentException>().WithMessage("Word 0 of the sentence is empty*");
        FluentActions.Invoking(() => Evaluate.Tagging(tagger, [new(["good"], ["B-X"])])).Should().Throw<ArgumentException>().WithMessage("Example 0 has the tag 'B-X', which is none of the model's (O, B-x)*");
    }

    [Fact]
    public async Task Bad_spans_are_refused()
    {
        BertSpanExtraction tuner = new(ToyTasks.Tokenizer) { Spans = new() { MaxQuestionLength = 4 } };
        await Refused(tuner, [Span("the fine run", 4..8), Span("the fine run", 9..14)], "Example 1 has an answer from 9 to 14; its context has 12 characters*SpanExample.Answers*");
        await Refused(tuner, [Span("the fine run", 4..8, ^20..^18)], "Example 0 has an answer from -8 to -6*");
        await Refused(tuner, [Span("the fine run", 8..4)], "Example 0 has an answer from 8 to 4*");
        await Refused(tuner, [Span("the  fine", 3..5)], "Example 0 has an answer from 3 to 5 that has no token of its context, such as white space*");
        await Refused(tuner, [Span("the fine")], "Example 0 has no answer*BertSpanOptions.NullThreshold*");
        await Refused(tuner, [Span("", 0..1)], "The context of example 0 is empty*");
        await Refused(tuner, [new("", "the", [new Range(0, 1)])], "The question of example 0 is empty*");
        FluentActions.Invoking(() => tuner.CreateTuned(Pretrained, 1).ExtractBatch([("good", "the"), ("good", "")])).Should().Throw<ArgumentException>().WithMessage("The context of example 1 is empty*");

        static SpanExample Span(string context, params Range[] answers) => new("good ?", context, answers);
    }

    [Fact]
    public void Bad_labels_tuning_options_and_tokenizers_are_refused()
    {
        Create(new(), ["a"], "There are 1 labels; a task needs at least 2*");
        Create(new() { ClassifierDropout = 1 }, message: "ClassifierDropout is 1*BertTuningOptions.ClassifierDropout*");
        Create(new() { LayerDecay = 0 }, message: "LayerDecay is 0; it must be above 0 and at most 1*");
        Create(new() { LayerDecay = 1.5 }, message: "LayerDecay is 1.5*");
        Create(new() { FrozenLayers = 3 }, message: "FrozenLayers is 3*from 0 to 2*");
        Create(new() { MaxLength = 25 }, message: "MaxLength is 25*from 5 to 24*");
        Create(new() { MaxLength = 4 }, message: "MaxLength is 4*");
        Create(new() { Patience = 2 }, message: "Patience is 2*null without held-out examples*");
        Create(new() { Patience = 0 }, message: "Patience is 0*at least 1*");
        Spans(new() { DocumentStride = 0 }, "DocumentStride is 0*BertSpanOptions.DocumentStride*");
        Spans(new() { MaxAnswerLength = 0 }, "MaxAnswerLength is 0*");
        Spans(new() { Candidates = 0 }, "Candidates is 0*");
        Spans(new() { NullThreshold = double.NaN }, "NullThreshold is NaN*");
        Spans(new(), "Questions of 64 tokens leave no room for a passage in sequences of 24, 3 of which are special*");
        Spans(new() { MaxQuestionLength = 21 }, "Questions of 21 tokens leave no room*");
        FluentActions.Invoking(() => Texts().CreateTuned(new(ToyTasks.Config with { VocabularySize = 10 }, 1), 1))
            .Should().Throw<ArgumentException>().WithMessage($"The tokenizer has {ToyTasks.Tokenizer.Count} tokens and the model 10 (BertConfig.VocabularySize); give the one that the model was trained with*");

        static void Create(BertTuningOptions tuning, string[]? labels = null, string message = "") =>
            FluentActions.Invoking(() => new BertTextClassification(ToyTasks.Tokenizer, labels ?? ["a", "b"]) { Tuning = tuning }.CreateTuned(Pretrained, 1)).Should().Throw<ArgumentException>().WithMessage(message);

        static void Spans(BertSpanOptions spans, string message) =>
            FluentActions.Invoking(() => new BertSpanExtraction(ToyTasks.Tokenizer) { Spans = spans }.CreateTuned(Pretrained, 1)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void Empty_inputs_of_predictions_are_refused()
    {
        BertTextClassifier texts = Texts().CreateTuned(Pretrained, 1);
        FluentActions.Invoking(() => texts.Classify("")).Should().Throw<ArgumentException>().WithMessage("The text is empty*");
        FluentActions.Invoking(() => texts.ClassifyBatch(["good", ""])).Should().Throw<ArgumentException>().WithMessage("The text of example 1 is empty*");
        texts.ClassifyBatch([]).Should().BeEmpty();
        BertChoiceSelector choices = new BertMultipleChoice(ToyTasks.Tokenizer).CreateTuned(Pretrained, 1);
        FluentActions.Invoking(() => choices.Choose("the", ["good"])).Should().Throw<ArgumentException>().WithMessage("The question has 1 choices*");
    }

    [Fact]
    public async Task A_run_that_diverges_says_so()
    {
        BertTextClassification tuner = Texts();
        Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), ToyTexts.Texts(64), new() { LearningRate = 1e38, Epochs = 5, Schedule = LearningRateSchedules.Constant() }).RunAsync();
        (await run.Should().ThrowAsync<NonFiniteLossException>()).Which.Step.Should().BeGreaterThan(1);
    }

    private static BertTextClassification Texts(TextExample[]? heldOut = null) => new(ToyTasks.Tokenizer, ["yes", "no"]) { HeldOut = heldOut };

    private static async Task Refused<TExample, TTuned>(BertFineTuner<TExample, TTuned> tuner, TExample[] examples, string message, TrainingOptions? options = null)
        where TExample : class
        where TTuned : BertTunedModel
    {
        Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), examples, options ?? new()).RunAsync();
        await run.Should().ThrowAsync<ArgumentException>().WithMessage(message);
    }
}
