using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests.FineTuning;

public sealed class GptFineTuningErrorTests
{
    private static readonly GptModel Pretrained = new(ToyTasks.Config, 1);

    public static TheoryData<string, TrainingOptions> RefusedOptions => new()
    {
        { "Evaluation", new() { Evaluation = new InMemoryCorpus(["text"]) } },
        { "EvaluationInterval", new() { EvaluationInterval = 7 } },
        { "LearningRate", new() { LearningRate = -1 } },
        { "BatchSize", new() { BatchSize = 0 } },
    };

    [Theory]
    [MemberData(nameof(RefusedOptions))]
    public async Task Options_without_a_use_are_refused_by_name(string name, TrainingOptions options) => await Refused([new(" good", "yes")], $"*TrainingOptions.{name}*", options);

    [Fact]
    public async Task Bad_text_examples_are_refused()
    {
        await Refused([], "There are no examples*");
        await Refused([new(" good", "yes"), new(" good", "maybe")], "Example 1 has the label 'maybe', which is none of the 2 labels of this model (yes, no)*");
        await Refused([new(" good", "yes"), new("", "yes")], "The text of example 1 is empty*");
        await Refused([null!], "The text of example 0 is null*");
    }

    [Fact]
    public async Task Bad_pairs_are_refused()
    {
        GptPairClassification tuner = new(ToyTasks.Tokenizer, ["yes", "no"]);
        await Refused(() => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), [new(" good", "", "yes")], new()), "The second text of example 0 is empty*");
        await Refused(() => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), [new(" good", " bad", "maybe")], new()), "Example 0 has the label 'maybe'*");
        await Refused(() => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), [], new()), "There are no examples*");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public async Task Scores_that_are_not_finite_are_refused(double score)
    {
        GptSimilarity tuner = new(ToyTasks.Tokenizer);
        await Refused(() => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), [new(" good", " bad", score)], new()), "Example 0 has the score*ScoredPairExample.Score*");
    }

    [Fact]
    public async Task Bad_choices_are_refused()
    {
        await Choices(new(" the", [], 0), "Example 0 has 0 choices; it needs at least 2 (ChoiceExample.Choices)*");
        await Choices(new(" the", null!, 0), "Example 0 has 0 choices*");
        await Choices(new(" the", [" good", " bad"], 2), "Example 0 has the answer 2; its 2 choices are 0 to 1 (ChoiceExample.Answer)*");
        await Choices(new(" the", [" good", " bad"], -1), "Example 0 has the answer -1*");
        await Choices(new(" the", [" good", string.Concat(Enumerable.Repeat(" bad", 30))], 0), "Choice 1 of example 0 has 30 tokens*does not fit into 24*");

        static async Task Choices(ChoiceExample example, string message)
        {
            GptMultipleChoice tuner = new(ToyTasks.Tokenizer);
            await Refused(() => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), [example], new()), message);
        }
    }

    [Fact]
    public void Bad_labels_tuning_options_and_tokenizers_are_refused()
    {
        Create(new(), ["a"], "There are 1 labels; a task needs at least 2*");
        Create(new() { LanguageModelWeight = -1 }, message: "LanguageModelWeight is -1*GptTuningOptions.LanguageModelWeight*");
        Create(new() { ClassifierDropout = 1 }, message: "ClassifierDropout is 1*GptTuningOptions.ClassifierDropout*");
        Create(new() { TransferredLayers = 3 }, message: "TransferredLayers is 3*from 0 to 2*");
        Create(new() { MaxLength = 25 }, message: "MaxLength is 25*from 5 to 24*");
        Create(new() { MaxLength = 4 }, message: "MaxLength is 4*");
        FluentActions.Invoking(() => new GptTextClassification(ToyTasks.Tokenizer, ["a", "b"]).CreateTuned(new(ToyTasks.Config with { VocabularySize = 50 }, 1), 1))
            .Should().Throw<ArgumentException>().WithMessage($"The tokenizer has {ToyTasks.Tokenizer.Count} tokens and the model 50; use the tokenizer that the model was trained with*");

        static void Create(GptTuningOptions tuning, string[]? labels = null, string message = "") =>
            FluentActions.Invoking(() => new GptTextClassification(ToyTasks.Tokenizer, labels ?? ["a", "b"]) { Tuning = tuning }.CreateTuned(Pretrained, 1))
                .Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void Tuning_options_are_checked_for_a_model_that_was_loaded_too()
    {
        GptTextClassifier loaded = new GptTextClassification(ToyTasks.Tokenizer, ["a", "b"]).CreateTuned(Pretrained, 1);
        GptTextClassification tuner = new(ToyTasks.Tokenizer, ["a", "b"]) { Tuning = new() { LanguageModelWeight = double.NaN } };
        FluentActions.Invoking(() => tuner.FineTuneAsync(loaded, [new(" good", "a")], new())).Should().Throw<ArgumentException>().WithMessage("LanguageModelWeight is NaN*GptTuningOptions.LanguageModelWeight*");
    }

    [Fact]
    public void Empty_inputs_of_predictions_are_refused()
    {
        GptTextClassifier texts = new GptTextClassification(ToyTasks.Tokenizer, ["a", "b"]).CreateTuned(Pretrained, 1);
        FluentActions.Invoking(() => texts.Classify("")).Should().Throw<ArgumentException>().WithMessage("The text is empty*");
        FluentActions.Invoking(() => texts.ClassifyBatch([" good", ""])).Should().Throw<ArgumentException>().WithMessage("The text of example 1 is empty*");
        texts.ClassifyBatch([]).Should().BeEmpty();
        GptChoiceSelector choices = new GptMultipleChoice(ToyTasks.Tokenizer).CreateTuned(Pretrained, 1);
        FluentActions.Invoking(() => choices.Choose(" the", [" good"])).Should().Throw<ArgumentException>().WithMessage("The question has 1 choices*");
    }

    [Fact]
    public async Task A_run_that_diverges_says_so_and_keeps_the_weights_of_the_step_before()
    {
        GptTextClassification tuner = new(ToyTasks.Tokenizer, ["yes", "no"]);
        Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), ToyTexts.Texts(64), new() { LearningRate = 1e30, Epochs = 5 }).RunAsync();
        (await run.Should().ThrowAsync<NonFiniteLossException>()).Which.Step.Should().BeGreaterThan(1);
    }

    private static Task Refused(TextExample[] examples, string message, TrainingOptions? options = null)
    {
        GptTextClassification tuner = new(ToyTasks.Tokenizer, ["yes", "no"]);
        return Refused(() => tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), examples, options ?? new()), message);
    }

    private static async Task Refused(Func<IAsyncEnumerable<TrainingProgress>> start, string message)
    {
        Func<Task> run = () => start().RunAsync();
        await run.Should().ThrowAsync<ArgumentException>().WithMessage(message);
    }
}
