using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec.Tests.FineTuning;

public sealed class FineTuningErrorTests
{
    private static readonly TextExample[] Texts = [new("good", "yes"), new("bad", "no")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, TrainingOptions> RefusedOptions => new()
    {
        { "GradientClipping", new() { GradientClipping = 1 } },
        { "Accumulation", new() { Accumulation = 2 } },
        { "Optimizer", new() { Optimizer = OptimizerKind.AdamW } },
        { "CheckpointFolder", new() { CheckpointFolder = "folder" } },
        { "CheckpointInterval", new() { CheckpointInterval = 7 } },
        { "Evaluation", new() { Evaluation = new InMemoryCorpus(["text"]) } },
        { "EvaluationInterval", new() { EvaluationInterval = 7 } },
        { "LearningRate", new() { LearningRate = -1 } },
    };

    [Theory]
    [MemberData(nameof(RefusedOptions))]
    public async Task Options_without_a_use_are_refused_by_name(string name, TrainingOptions options) =>
        (await Fails(Texts, options)).Message.Should().Contain($"TrainingOptions.{name}");

    [Fact]
    public async Task The_familys_own_optimizer_is_allowed()
    {
        Word2VecTextClassification tuner = new(ToyWords.Tokenizer, ["yes", "no"]);
        Word2VecTextClassifier tuned = tuner.CreateTuned(ToyWords.Create(), 1);
        (await tuner.FineTuneAsync(tuned, Texts, new() { Steps = 1, Optimizer = OptimizerKind.Adagrad }, Token).RunAsync(cancellationToken: Token)).Step.Should().Be(1);
    }

    [Fact]
    public async Task Bad_text_examples_are_refused()
    {
        (await Fails([], new())).Message.Should().Contain("no examples");
        (await Fails([new("good", "yes"), new("good", "maybe")], new())).Message.Should().Contain("Example 1").And.Contain("'maybe'");
        (await Fails([new(null!, "yes")], new())).Message.Should().Contain("example 0");
        (await Fails([null!], new())).Message.Should().Contain("example 0");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public async Task Scores_that_are_not_finite_are_refused(double score)
    {
        Word2VecSimilarity tuner = new(ToyWords.Tokenizer);
        Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(ToyWords.Create(), 1), [new("good", "bad", score)], new()).RunAsync();
        (await run.Should().ThrowAsync<ArgumentException>()).Which.Message.Should().Contain("ScoredPairExample.Score");
    }

    [Fact]
    public async Task Bad_tagged_examples_are_refused()
    {
        await Refused(new([], []), "no words");
        await Refused(new(["good"], ["a", "b"]), "1 words and 2 tags");
        await Refused(new(["good", ""], ["a", "b"]), "Word 1 of example 0");
        await Refused(new(["good"], ["z"]), "'z'");

        static async Task Refused(TaggedExample example, string message)
        {
            Word2VecTagging tuner = new(["a", "b"]);
            Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(ToyWords.Create(), 1), [example], new()).RunAsync();
            (await run.Should().ThrowAsync<ArgumentException>()).Which.Message.Should().Contain(message);
        }
    }

    [Fact]
    public void Bad_labels_and_tuning_options_are_refused()
    {
        Refused(() => new Word2VecTagging(["a"]), "at least 2");
        Refused(() => new Word2VecTagging(["a", "b", "a"]), "'a' is given twice");
        Refused(() => new Word2VecPairClassification(ToyWords.Tokenizer, ["a", ""]), "Label 1 is empty");
        Refused(() => Create(new() { FrequencySmoothing = 0 }, counts: true), "Word2VecTuningOptions.FrequencySmoothing");
        Refused(() => Create(new() { FrequencySmoothing = 0.1 }, counts: false), "WordVectors.Counts");
        Refused(() => Create(new() { WordVectorRate = double.NaN }, counts: true), "Word2VecTuningOptions.WordVectorRate");
        Refused(() => new Word2VecTagging(["a", "b"]) { Tuning = new() { FrequencySmoothing = 0.1 } }.CreateTuned(ToyWords.Create(), 1), "FrequencySmoothing");

        static void Refused(Func<object> act, string message) => act.Should().Throw<ArgumentException>().Which.Message.Should().Contain(message);
        static object Create(Word2VecTuningOptions tuning, bool counts) =>
            new Word2VecTextClassification(ToyWords.Tokenizer, ["a", "b"]) { Tuning = tuning }.CreateTuned(ToyWords.Create(counts), 1);
    }

    [Fact]
    public async Task A_run_that_diverges_says_so()
    {
        Word2VecTextClassification tuner = new(ToyWords.Tokenizer, ["yes", "no"]) { Tuning = new() { TrainWordVectors = true } };
        Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(ToyWords.Create(), 1), Texts, new() { LearningRate = 1e38 }).RunAsync();
        (await run.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("TrainingOptions.LearningRate");
    }

    private static async Task<ArgumentException> Fails(TextExample[] examples, TrainingOptions options)
    {
        Word2VecTextClassification tuner = new(ToyWords.Tokenizer, ["yes", "no"]);
        Func<Task> run = () => tuner.FineTuneAsync(tuner.CreateTuned(ToyWords.Create(), 1), examples, options).RunAsync();
        return (await run.Should().ThrowAsync<ArgumentException>()).Which;
    }
}
