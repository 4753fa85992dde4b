using NlpPretrain.Testing;
using NlpPretrain.Text;

namespace NlpPretrain.Training.Tests;

public class TrainingLoopTests
{
    [Fact]
    public async Task The_loss_falls()
    {
        ToyTask task = new(dropout: 0);
        List<TrainingProgress> all = await Run(task, new() { Steps = 300 });
        all[0].Loss.Should().BeGreaterThan(2.5);
        all[^1].Loss.Should().BeLessThan(0.3);
        all.Select(at => at.Step).Should().Equal(Enumerable.Range(1, 300).Select(step => (long)step));
        all.Should().AllSatisfy(at => at.TotalSteps.Should().Be(300)).And.AllSatisfy(at => at.Tokens.Should().Be(8 * at.Step));
        task.IsDisposed.Should().BeTrue();
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public async Task Four_accumulated_batches_are_one_large_batch(OptimizerKind optimizer)
    {
        ToyTask small = new(batchSize: 8, dropout: 0), large = new(batchSize: 32, dropout: 0);
        float[] before = small.Weights;
        TrainingOptions options = new() { Steps = 3, Optimizer = optimizer, LearningRate = 0.05, GradientClipping = 0.3, Schedule = LearningRateSchedules.Constant() };
        List<TrainingProgress> accumulated = await Run(small, options with { Accumulation = 4 }), whole = await Run(large, options);

        accumulated.Select(at => at.Tokens).Should().Equal(whole.Select(at => at.Tokens));
        for (int i = 0; i < 3; i++) accumulated[i].Loss.Should().BeApproximately(whole[i].Loss, 1e-5);
        Difference(small.Weights, large.Weights).Should().BeLessThan(1e-5f);
        Difference(small.Weights, before).Should().BeGreaterThan(1e-3f);
    }

    [Fact]
    public async Task An_epoch_counts_steps_of_several_batches()
    {
        ToyTask task = new();
        (await Run(task, new() { Epochs = 3, Accumulation = 4 })).Should().HaveCount(8, "3 epochs of 10 batches are 8 steps of 4, the last not full");
        (await Run(new ToyTask(), new())).Should().HaveCount(20, "the family's epochs are 2");
    }

    [Fact]
    public async Task The_rate_is_that_of_the_middle_of_a_step()
    {
        List<TrainingProgress> all = await Run(new ToyTask(), new() { Steps = 4, LearningRate = 0.8, Schedule = LearningRateSchedules.Linear() });
        all.Select(at => at.LearningRate).Should().Equal(0.8 * 0.875, 0.8 * 0.625, 0.8 * 0.375, 0.8 * 0.125);
    }

    [Fact]
    public async Task A_task_with_examples_of_its_own_is_evaluated_before_it_is_saved_and_may_end_early()
    {
        using TemporaryFolder folder = new();
        TrainingOptions options = new() { Steps = 6, CheckpointFolder = folder.File("whole"), CheckpointInterval = 2 };
        ToyTask whole = new() { OwnInterval = 2, Evaluation = 1.5 };
        (await Run(whole, options)).Select(at => at.EvaluationLoss).Should().Equal(null, 1.5, null, 1.5, null, 1.5);
        whole.Events.Should().Be("ESESECS");

        ToyTask early = new() { OwnInterval = 2, Patience = 2 };
        (await Run(early, options with { CheckpointFolder = folder.File("early") })).Select(at => at.Step).Should().Equal(1, 2, 3, 4);
        early.Events.Should().Be("ESECS");
        ToyTask often = new() { OwnInterval = 2 };
        await Run(often, options with { CheckpointFolder = folder.File("often"), EvaluationInterval = 1 });
        often.Events.Should().Be("EESEESEECS", "the options' interval comes before the task's");
    }

    [Fact]
    public async Task It_evaluates_at_the_interval_and_at_the_end()
    {
        TrainingOptions options = new() { Steps = 5, Evaluation = new InMemoryCorpus("text"), EvaluationInterval = 2 };
        (await Run(new ToyTask { Evaluation = 1.5 }, options)).Select(at => at.EvaluationLoss).Should().Equal(null, 1.5, null, 1.5, 1.5);
        (await Run(new ToyTask { Evaluation = 1.5 }, options with { EvaluationInterval = null })).Select(at => at.EvaluationLoss).Should().Equal(null, null, null, null, 1.5);
        (await Run(new ToyTask { Evaluation = 1.5 }, options with { Evaluation = null, EvaluationInterval = null })).Should().AllSatisfy(at => at.EvaluationLoss.Should().BeNull());
    }

    [Fact]
    public async Task A_cancellation_stops_an_evaluation()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        ToyTask task = new() { BeforeEvaluation = source.Cancel };
        TrainingOptions options = new() { Steps = 5, Evaluation = new InMemoryCorpus("text"), EvaluationInterval = 2, CheckpointFolder = folder.File("run"), CheckpointInterval = 1 };
        List<long> steps = [];
        await new Func<Task>(async () =>
        {
            await foreach (TrainingProgress at in TrainingLoop.RunAsync(() => task, options, source.Token)) steps.Add(at.Step);
        }).Should().ThrowAsync<OperationCanceledException>();

        steps.Should().Equal([1], "the second step was taken, and its evaluation was stopped");
        new CheckpointFolder(folder.File("run")).Latest().Found!.Step.Should().Be(1, "a checkpoint has what the evaluation of its step found out");
        task.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_loss_that_is_not_finite_stops_in_the_same_step()
    {
        using TemporaryFolder folder = new();
        ToyTask task = new() { NotFiniteBatch = 5 };
        TrainingOptions options = new() { Steps = 10, CheckpointFolder = folder.File("run"), CheckpointInterval = 2, LearningRate = 0.01 };
        List<float[]> weights = [];
        NonFiniteLossException exception = (await new Func<Task>(async () =>
        {
            await foreach (TrainingProgress at in TrainingLoop.RunAsync(() => task, options)) weights.Add(task.Weights);
        }).Should().ThrowAsync<NonFiniteLossException>()).Which;

        exception.Step.Should().Be(6);
        exception.LastCheckpoint.Should().Be(new CheckpointFolder(folder.File("run")).Latest().Found!.Folder).And.EndWith("step-000000004");
        exception.Message.Should().Contain("step 6 is NaN").And.Contain("step-000000004").And.Contain("TrainingOptions.LearningRate");
        weights.Should().HaveCount(5);
        task.Weights.Should().Equal(weights[4], "the step was not taken");
        task.IsDisposed.Should().BeTrue();

        ToyTask resumed = new();
        (await Run(resumed, options with { Resume = true })).Select(at => at.Step).Should().Equal(5, 6, 7, 8, 9, 10);
    }

    [Fact]
    public async Task Without_checkpoints_the_error_says_so()
    {
        Func<Task> run = () => Run(new ToyTask { NotFiniteBatch = 0 }, new() { Steps = 1 });
        (await run.Should().ThrowAsync<NonFiniteLossException>()).Which.Message.Should().Contain("step 1").And.Contain("No checkpoint was written");
    }

    [Fact]
    public async Task It_can_be_cancelled_between_steps()
    {
        using CancellationTokenSource source = new();
        ToyTask task = new();
        int steps = 0;
        Func<Task> run = async () =>
        {
            await foreach (TrainingProgress at in TrainingLoop.RunAsync(() => task, new() { Steps = 10 }, source.Token))
            {
                if (++steps == 3) await source.CancelAsync();
            }
        };
        await run.Should().ThrowAsync<OperationCanceledException>();
        steps.Should().Be(3);
        task.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task Steps_run_off_the_callers_context()
    {
        bool wasPooled = false;
        await Run(new ToyTask(), new() { Steps = 2, Schedule = progress => { wasPooled |= Thread.CurrentThread.IsThreadPoolThread && SynchronizationContext.Current is null; return 1; } });
        wasPooled.Should().BeTrue();
    }

    [Fact]
    public async Task Any_number_of_workers_gives_the_same_bits()
    {
        float[]? first = null;
        double firstLoss = 0;
        for (int workers = 1; workers <= 4; workers++)
        {
            ToyTask task = new(batchSize: 64);
            List<TrainingProgress> all = await Run(task, new() { Steps = 5, Workers = workers, Accumulation = 2 });
            if (first is null) (first, firstLoss) = (task.Weights, all[^1].Loss);
            task.Weights.Should().Equal(first);
            all[^1].Loss.Should().Be(firstLoss);
        }
    }

    [Fact]
    public async Task The_seed_decides_what_is_dropped()
    {
        ToyTask first = new(), second = new(), other = new();
        await Run(first, new() { Steps = 3 });
        await Run(second, new() { Steps = 3 });
        await Run(other, new() { Steps = 3, Seed = 2 });
        second.Weights.Should().Equal(first.Weights);
        other.Weights.Should().NotEqual(first.Weights);
    }

    [Fact]
    public async Task Options_without_a_meaning_are_refused()
    {
        await Refuses(new() { Optimizer = OptimizerKind.Sgd, SecondDecay = 0.9 }, "SecondDecay is 0.9; Sgd has none*");
        await Refuses(new() { BatchSize = 0 }, "BatchSize is 0*");
        await Refuses(new() { WeightDecay = -1 }, "WeightDecay is -1*");
        await Refuses(new() { SecondDecay = 1 }, "SecondDecay is 1*");
        await Refuses(new() { EvaluationInterval = 2 }, "EvaluationInterval is 2, and there is no text to evaluate on*");

        static async Task Refuses(TrainingOptions options, string message) =>
            await new Func<Task>(() => Run(new ToyTask(), options)).Should().ThrowAsync<ArgumentException>().WithMessage(message);
    }

    internal static async Task<List<TrainingProgress>> Run(ToyTask task, TrainingOptions options)
    {
        List<TrainingProgress> all = [];
        await foreach (TrainingProgress at in TrainingLoop.RunAsync(() => task, options)) all.Add(at);
        return all;
    }

    private static float Difference(float[] left, float[] right) => left.Zip(right, (a, b) => Math.Abs(a - b)).Max();
}
