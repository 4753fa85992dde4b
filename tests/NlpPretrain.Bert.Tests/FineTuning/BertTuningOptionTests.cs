using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert.Tests.FineTuning;

/// <summary>Layer-wise rates, frozen layers, early stopping and the best weights.</summary>
public sealed class BertTuningOptionTests
{
    private static readonly BertModel Pretrained = new(ToyTasks.Config, 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_layer_learns_at_the_decayed_rate()
    {
        BertTextClassification tuner = new(ToyTasks.Tokenizer, ["yes", "no"]) { Tuning = new() { LayerDecay = 0.5 } };
        using BertFineTuningTask task = tuner.Task(tuner.CreateTuned(Pretrained, 1), ToyTexts.Texts(4), new());
        IReadOnlyList<ParameterGroup> groups = task.Group(0.1);

        groups.SelectMany(group => group.Parameters).Select(parameter => parameter.Name).Should().BeEquivalentTo(task.Parameters.Select(parameter => parameter.Name));
        foreach (ParameterGroup group in groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                double expected = parameter.Name switch
                {
                    _ when parameter.Name.Contains("bert.embeddings.") => 0.125,
                    _ when parameter.Name.Contains("bert.encoder.layer.0.") => 0.25,
                    _ when parameter.Name.Contains("bert.encoder.layer.1.") => 0.5,
                    _ => 1,
                };
                group.RateScale.Should().Be(expected, parameter.Name);
                group.WeightDecay.Should().Be(parameter.Shape.Rank > 1 ? 0.1 : 0, parameter.Name);
            }
        }
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(0, "bert.embeddings.")]
    [InlineData(1, "bert.embeddings.,bert.encoder.layer.0.")]
    [InlineData(2, "bert.embeddings.,bert.encoder.")]
    public async Task Frozen_layers_stay_as_they_are(int? layers, string frozen)
    {
        BertTagging tuner = new(ToyTasks.Tokenizer, ["POS", "NEG", "O"]) { Tuning = new() { FrozenLayers = layers } };
        BertTagger tuned = tuner.CreateTuned(Pretrained, 1);
        float[][] before = [.. tuned.Tuned.Parameters.Select(parameter => parameter.Data.ToArray())];
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Tagged(40), new() { Steps = 2, WeightDecay = 0.1 }, Token));

        string[] prefixes = frozen.Split(',', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < before.Length; i++)
        {
            Parameter parameter = tuned.Tuned.Parameters[i];
            parameter.Data.SequenceEqual(before[i]).Should().Be(prefixes.Any(parameter.Name.StartsWith), parameter.Name);
        }
    }

    [Fact]
    public async Task The_weights_of_the_best_evaluation_are_kept()
    {
        TextExample[] heldOut = [.. ToyTexts.Texts(20, from: 500).Select((example, index) => index < 6 ? example with { Label = example.Label == "yes" ? "no" : "yes" } : example)];
        BertTextClassification tuner = new(ToyTasks.Tokenizer, ["yes", "no"]) { HeldOut = heldOut };
        BertTextClassifier tuned = tuner.CreateTuned(Pretrained, 1);
        List<(double Loss, float[] Weights)> evaluations = [];
        List<TrainingProgress> steps = [];
        TrainingOptions options = new() { Epochs = 8, LearningRate = 3e-3, BatchSize = 16 };
        await foreach (TrainingProgress at in tuner.FineTuneAsync(tuned, ToyTexts.Texts(64), options, Token))
        {
            steps.Add(at);
            if (at.EvaluationLoss is { } loss) evaluations.Add((loss, Weights(tuned)));
        }

        steps.Where(at => at.EvaluationLoss is not null).Select(at => at.Step).Should().Equal(4, 8, 12, 16, 20, 24, 28, 32);
        int best = evaluations.Index().MinBy(one => one.Item.Loss).Index;
        best.Should().BeLessThan(7, "with wrong labels among them the held-out loss rises once the others are learned");
        Weights(tuned).Should().Equal(evaluations[best].Weights);
        double expected = heldOut.Average(example => -Math.Log(tuned.Probabilities(example.Text).Single(one => one.Label == example.Label).Probability));
        evaluations[best].Loss.Should().BeApproximately(expected, 1e-6);
    }

    [Fact]
    public async Task A_run_ends_when_its_patience_is_over_and_resumes_so()
    {
        using TemporaryFolder folder = new();
        (List<TrainingProgress> whole, float[] weights) = await Train(folder.File("whole"), stopAfter: 1000, resume: false);
        double[] losses = [.. whole.Where(at => at.EvaluationLoss is not null).Select(at => at.EvaluationLoss!.Value)];
        int best = losses.Index().MinBy(one => one.Item).Index;
        whole.Should().HaveCountLessThan(160);
        losses.Length.Should().Be(best + 1 + 3, "three evaluations without a lower loss end the run");
        whole[^1].Step.Should().Be(2 * losses.Length);

        // Interrupted after the best evaluation, the rest of the run still knows it.
        await Train(folder.File("parts"), stopAfter: 2 * (best + 1) + 3, resume: false);
        (List<TrainingProgress> rest, float[] resumed) = await Train(folder.File("parts"), stopAfter: 1000, resume: true);
        resumed.Should().Equal(weights);
        rest[^1].Step.Should().Be(whole[^1].Step);
        (await Train(folder.File("parts"), stopAfter: 1000, resume: true)).Weights.Should().Equal(weights, "a run that has ended stays so");

        static async Task<(List<TrainingProgress> Steps, float[] Weights)> Train(string checkpoints, int stopAfter, bool resume)
        {
            TextExample[] heldOut = [.. ToyTexts.Texts(20, from: 500).Select((example, index) => index < 8 ? example with { Label = example.Label == "yes" ? "no" : "yes" } : example)];
            BertTextClassification tuner = new(ToyTasks.Tokenizer, ["yes", "no"]) { HeldOut = heldOut, Tuning = new() { Patience = 3 } };
            BertTextClassifier tuned = tuner.CreateTuned(Pretrained, 1);
            TrainingOptions options = new() { Steps = 160, LearningRate = 3e-3, BatchSize = 16, EvaluationInterval = 2, CheckpointFolder = checkpoints, CheckpointInterval = 1, Resume = resume };
            List<TrainingProgress> steps = [];
            await foreach (TrainingProgress at in tuner.FineTuneAsync(tuned, ToyTexts.Texts(64), options, Token))
            {
                steps.Add(at);
                if (at.Step == stopAfter) break;
            }

            return (steps, Weights(tuned));
        }
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
        other = () => Train(options with { Resume = true }, stopAfter: 8, tuning: new() { LayerDecay = 0.9 });
        await other.Should().ThrowAsync<ArgumentException>().WithMessage("*belongs to another run*layer decay 1,*layer decay 0.9,*");

        static async Task<float[]> Train(TrainingOptions options, int stopAfter, int examples = 70, BertTuningOptions? tuning = null)
        {
            BertSimilarity tuner = new(ToyTasks.Tokenizer) { Tuning = tuning ?? new() };
            BertSimilarityScorer tuned = tuner.CreateTuned(Pretrained, 5);
            await foreach (TrainingProgress at in tuner.FineTuneAsync(tuned, ToyTexts.Scores(examples), options, Token))
            {
                if (at.Step == stopAfter) break;
            }

            return Weights(tuned);
        }
    }

    private static float[] Weights(BertTunedModel tuned) => [.. tuned.Tuned.Parameters.SelectMany(parameter => parameter.Data.ToArray())];
}
