using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo.Tests.FineTuning;

/// <summary>The mix, the language model's rate, kept vectors, early stopping and the best weights.</summary>
public sealed class ElmoTuningOptionTests
{
    private static readonly ElmoModel Pretrained = ToyElmo.Model();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_language_model_is_trained_where_its_rate_is_not_zero()
    {
        ElmoTagging tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["POS", "NEG", "O"]) { Tuning = new() { HeadCells = 8, ModelRate = 0.1 } };
        ElmoTagger tuned = tuner.CreateTuned(Pretrained, 1);
        using (ElmoFineTuningTask task = tuner.Task(tuned, ToyTexts.Tagged(4), new()))
        {
            IReadOnlyList<ParameterGroup> groups = task.Group(0.1);
            groups.SelectMany(group => group.Parameters).Select(parameter => parameter.Name).Should().BeEquivalentTo(task.Parameters.Select(parameter => parameter.Name));
            foreach (ParameterGroup group in groups)
            {
                foreach (Parameter parameter in group.Parameters)
                {
                    group.RateScale.Should().Be(parameter.Name.StartsWith("elmo.", StringComparison.Ordinal) ? 0.1 : 1, parameter.Name);
                    group.WeightDecay.Should().Be(parameter.Shape.Rank > 1 ? 0.1 : 0, parameter.Name);
                }
            }
        }

        float[][] before = [.. tuned.Tuned.Parameters.Select(parameter => parameter.Data.ToArray())];
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Tagged(40), new() { Steps = 2 }, Token));
        foreach ((Parameter parameter, float[] values) in tuned.Tuned.Parameters.Zip(before)) parameter.Data.SequenceEqual(values).Should().BeFalse(parameter.Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kept_vectors_change_no_bit(bool hasCharacters)
    {
        float[] kept = await Train(long.MaxValue), computed = await Train(0);
        kept.Should().Equal(computed);

        async Task<float[]> Train(long keptBytes)
        {
            ElmoSpanExtraction tuner = new(hasCharacters ? null : ToyElmo.Vocabulary, ToyElmo.Tokenizer)
            {
                Tuning = new() { HeadCells = 8, KeptBytes = keptBytes, NormalizesLayers = hasCharacters, MaxLength = 7 }, Spans = new() { DocumentStride = 3 }, HeldOut = ToyTexts.Spans(10, from: 100, words: 9),
            };
            ElmoSpanExtractor tuned = tuner.CreateTuned(hasCharacters ? new(ToyElmo.Characters, 1) : Pretrained, 1);
            await ToyTexts.Pull(tuner.FineTuneAsync(tuned, [.. ToyTexts.Spans(10), .. ToyTexts.Spans(10, words: 9)], new() { Epochs = 3, BatchSize = 8, Workers = 1 }, Token));
            return ToyElmo.Weights(tuned);
        }
    }

    [Fact]
    public void The_penalty_is_added_to_what_is_minimized_and_not_to_what_is_reported()
    {
        (float loss, double reported) = Loss(0);
        (float penalized, double same) = Loss(0.25);
        same.Should().Be(reported).And.BeApproximately(loss, 1e-6);
        penalized.Should().BeApproximately(loss + 0.25f * (1 + 4 + 0.25f), 1e-5f);

        static (float, double) Loss(double penalty)
        {
            ElmoTextClassification tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]) { Tuning = ToyElmo.Tuning with { MixPenalty = penalty } };
            ElmoTextClassifier tuned = tuner.CreateTuned(Pretrained, 1);
            new float[] { 1, -2, 0.5f }.CopyTo(tuned.Mix.Parameters[0].Data);
            using ElmoFineTuningTask task = tuner.Task(tuned, ToyTexts.Texts(8), new());
            using TensorArena arena = new(1);
            using Pass pass = Pass.Training(arena);
            return (task.Loss(pass, 0, out BatchStatistics statistics).Item, statistics.Mean);
        }
    }

    [Fact]
    public async Task The_weights_of_the_best_evaluation_are_kept()
    {
        TextExample[] heldOut = [.. ToyTexts.Texts(20, from: 500).Select((example, index) => index < 6 ? example with { Label = example.Label == "yes" ? "no" : "yes" } : example)];
        ElmoTextClassification tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]) { HeldOut = heldOut, Tuning = ToyElmo.Tuning with { VectorDropout = 0 } };
        ElmoTextClassifier tuned = tuner.CreateTuned(Pretrained, 1);
        List<(double Loss, float[] Weights)> evaluations = [];
        List<TrainingProgress> steps = [];
        await foreach (TrainingProgress at in tuner.FineTuneAsync(tuned, ToyTexts.Texts(64), new() { Epochs = 20, LearningRate = 1e-2, BatchSize = 16 }, Token))
        {
            steps.Add(at);
            if (at.EvaluationLoss is { } loss) evaluations.Add((loss, ToyElmo.Weights(tuned)));
        }

        steps.Where(at => at.EvaluationLoss is not null).Select(at => at.Step).Should().Equal(Enumerable.Range(1, 20).Select(epoch => 4L * epoch));
        int best = evaluations.Index().MinBy(one => one.Item.Loss).Index;
        best.Should().BeLessThan(19, "with wrong labels among them the held-out loss rises once the others are learned");
        ToyElmo.Weights(tuned).Should().Equal(evaluations[best].Weights);
        double expected = heldOut.Average(example => -Math.Log(tuned.Probabilities(example.Text).Single(one => one.Label == example.Label).Probability));
        evaluations[best].Loss.Should().BeApproximately(expected, 1e-6);
    }

    [Fact]
    public async Task A_run_ends_when_its_patience_is_over()
    {
        TextExample[] heldOut = [.. ToyTexts.Texts(20, from: 500).Select((example, index) => index < 8 ? example with { Label = example.Label == "yes" ? "no" : "yes" } : example)];
        ElmoTextClassification tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]) { HeldOut = heldOut, Tuning = ToyElmo.Tuning with { VectorDropout = 0, Patience = 3 } };
        List<TrainingProgress> steps = await ToyTexts.Pull(tuner.FineTuneAsync(tuner.CreateTuned(Pretrained, 1), ToyTexts.Texts(64), new() { Steps = 160, LearningRate = 1e-2, BatchSize = 16, EvaluationInterval = 2 }, Token));
        double[] losses = [.. steps.Where(at => at.EvaluationLoss is not null).Select(at => at.EvaluationLoss!.Value)];
        steps.Should().HaveCountLessThan(160);
        losses.Length.Should().Be(losses.Index().MinBy(one => one.Item).Index + 1 + 3, "three evaluations without a lower loss end the run");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public async Task A_run_that_resumes_ends_with_the_bits_of_one_that_was_not_interrupted(double modelRate)
    {
        using TemporaryFolder folder = new();
        TrainingOptions options = new() { Steps = 8, Workers = 1, CheckpointFolder = folder.File("whole"), CheckpointInterval = 3 };
        float[] whole = await Train(options, stopAfter: 8);
        options = options with { CheckpointFolder = folder.File("parts") };
        await Train(options, stopAfter: 4);
        (await Train(options with { Resume = true }, stopAfter: 8)).Should().Equal(whole);

        Func<Task> other = () => Train(options with { Resume = true }, stopAfter: 8, examples: 71);
        await other.Should().ThrowAsync<ArgumentException>().WithMessage("*belongs to another run*");
        other = () => Train(options with { Resume = true }, stopAfter: 8, penalty: 0.5);
        await other.Should().ThrowAsync<ArgumentException>().WithMessage("*belongs to another run*mix penalty 0.001,*mix penalty 0.5,*");

        async Task<float[]> Train(TrainingOptions options, int stopAfter, int examples = 70, double penalty = 0.001)
        {
            ElmoSimilarity tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer) { Tuning = new() { HeadCells = 8, ModelRate = modelRate, MixPenalty = penalty } };
            ElmoSimilarityScorer tuned = tuner.CreateTuned(Pretrained, 5);
            await foreach (TrainingProgress at in tuner.FineTuneAsync(tuned, ToyTexts.Scores(examples), options, Token))
            {
                if (at.Step == stopAfter) break;
            }

            return ToyElmo.Weights(tuned);
        }
    }
}
