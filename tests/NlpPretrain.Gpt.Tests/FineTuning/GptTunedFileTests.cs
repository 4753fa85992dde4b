using NlpPretrain.Serialization;
using NlpPretrain.Testing;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests.FineTuning;

public sealed class GptTunedFileTests
{
    private static readonly GptModel Pretrained = new(ToyTasks.Config, 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_loaded_predicts_with_the_same_bits()
    {
        using TemporaryFolder folder = new();
        GptTextClassifier texts = new GptTextClassification(ToyTasks.Tokenizer, ["yes", "no"]) { Tuning = new() { MaxLength = 9 } }.CreateTuned(Pretrained, 5);
        texts.Save(folder.File("text"));
        GptTextClassifier loaded = GptTextClassifier.Load(folder.File("text"));
        loaded.Probabilities(" the good").Should().Equal(texts.Probabilities(" the good"));
        (loaded.Labels[0], loaded.Tuned.Inputs.MaxLength, loaded.Tuned.Head.Dropout).Should().Be(("yes", 9, 0.1f));

        GptPairClassifier pairs = new GptPairClassification(ToyTasks.Tokenizer, ["yes", "no"]) { BothOrders = true }.CreateTuned(Pretrained, 5);
        pairs.Save(folder.File("pair"));
        GptPairClassifier.Load(folder.File("pair")).Probabilities(" the good", " bad").Should().Equal(pairs.Probabilities(" the good", " bad"));

        GptSimilarityScorer scorer = new GptSimilarity(ToyTasks.Tokenizer).CreateTuned(Pretrained, 5);
        scorer.Scale = new(2.5, 0.7);
        scorer.Save(folder.File("similarity"));
        GptSimilarityScorer.Load(folder.File("similarity")).Score(" the good", " bad").Should().Be(scorer.Score(" the good", " bad"));

        GptChoiceSelector choices = new GptMultipleChoice(ToyTasks.Tokenizer).CreateTuned(Pretrained, 5);
        choices.Save(folder.File("choice"));
        GptChoiceSelector.Load(folder.File("choice")).Probabilities(" the", [" good", " bad"]).Should().Equal(choices.Probabilities(" the", [" good", " bad"]));
    }

    [Fact]
    public void A_folder_of_another_task_or_a_bad_file_is_refused()
    {
        using TemporaryFolder folder = new();
        new GptTextClassification(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(Pretrained, 5).Save(folder.Path);
        FluentActions.Invoking(() => GptChoiceSelector.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage("*task: expected multiple choice, found text classification*");

        string task = File.ReadAllText(folder.File("task.json"));
        Refused(task.Replace("\"no\"", "\"yes\""), "*labels*");
        Refused(task.Replace("24", "2400"), "*max_length*");
        Refused(task.Replace("0.1", "1.5"), "*classifier_dropout*");
        Refused("{}", "*task*");
        File.WriteAllText(folder.File("task.json"), task);
        File.Delete(folder.File("head.safetensors"));
        FluentActions.Invoking(() => GptTextClassifier.Load(folder.Path)).Should().Throw<FileNotFoundException>();

        void Refused(string content, string message)
        {
            File.WriteAllText(folder.File("task.json"), content);
            FluentActions.Invoking(() => GptTextClassifier.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);
        }
    }

    [Theory]
    [InlineData("0.7", "0", "score_deviation")]
    [InlineData("0.7", "-0.7", "score_deviation")]
    [InlineData("0.7", "1e999", "score_deviation")]
    [InlineData("2.5", "1e999", "score_mean")]
    [InlineData("2.5", "null", "score_mean")]
    [InlineData("0.7", "null", "score_mean")]
    public void A_scale_that_is_none_is_refused(string value, string other, string field)
    {
        using TemporaryFolder folder = new();
        GptSimilarityScorer scorer = new GptSimilarity(ToyTasks.Tokenizer).CreateTuned(Pretrained, 5);
        scorer.Scale = new(2.5, 0.7);
        scorer.Save(folder.Path);
        File.WriteAllText(folder.File("task.json"), File.ReadAllText(folder.File("task.json")).Replace(value, other));
        FluentActions.Invoking(() => GptSimilarityScorer.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage($"*{field}*");
    }

    [Fact]
    public async Task A_run_that_resumes_ends_with_the_bits_of_one_that_was_not_interrupted()
    {
        using TemporaryFolder folder = new();
        TrainingOptions options = new() { Steps = 8, LearningRate = 1e-3, Workers = 1, CheckpointFolder = folder.File("whole"), CheckpointInterval = 3 };
        float[] whole = await Train(options, stopAfter: 8);
        options = options with { CheckpointFolder = folder.File("parts") };
        await Train(options, stopAfter: 4);
        (await Train(options with { Resume = true }, stopAfter: 8)).Should().Equal(whole);

        Func<Task> other = () => Train(options with { Resume = true }, stopAfter: 8, examples: 71);
        await other.Should().ThrowAsync<ArgumentException>().WithMessage("*belongs to another run*");
        other = () => Train(options with { Resume = true }, stopAfter: 8, dropout: 0.2f);
        await other.Should().ThrowAsync<ArgumentException>().WithMessage("*belongs to another run*classifier dropout 0.1*classifier dropout 0.2*");

        static async Task<float[]> Train(TrainingOptions options, int stopAfter, int examples = 70, float dropout = 0.1f)
        {
            GptSimilarity tuner = new(ToyTasks.Tokenizer) { Tuning = new() { ClassifierDropout = dropout } };
            GptSimilarityScorer tuned = tuner.CreateTuned(Pretrained, 5);
            await foreach (TrainingProgress at in tuner.FineTuneAsync(tuned, ToyTexts.Scores(examples), options, Token))
            {
                if (at.Step == stopAfter) break;
            }

            return [.. tuned.Tuned.Parameters.SelectMany(parameter => parameter.Data.ToArray())];
        }
    }
}
