using NlpPretrain.Testing;

namespace NlpPretrain.Training.Tests;

public sealed class ResumeTests : IDisposable
{
    private const int Steps = 6;

    private readonly TemporaryFolder _folder = new();

    private TrainingOptions Options => new() { Steps = Steps, CheckpointFolder = _folder.File("run"), CheckpointInterval = 1, Accumulation = 2, Seed = 5 };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Adagrad)]
    [InlineData(OptimizerKind.Sgd)]
    public async Task From_every_step_the_bits_are_those_of_an_uninterrupted_run(OptimizerKind optimizer)
    {
        TrainingOptions options = Options with { Optimizer = optimizer };
        ToyTask whole = new();
        List<TrainingProgress> expected = await TrainingLoopTests.Run(whole, options with { CheckpointFolder = _folder.File("whole") });
        string expectedState = State("whole");

        for (int stop = 1; stop < Steps; stop++)
        {
            string run = $"run-{stop}";
            TrainingOptions parted = options with { CheckpointFolder = _folder.File(run) };
            await foreach (TrainingProgress at in TrainingLoop.RunAsync(() => new ToyTask(), parted))
            {
                if (at.Step == stop) break;
            }

            ToyTask rest = new();
            List<TrainingProgress> found = await TrainingLoopTests.Run(rest, parted with { Resume = true });
            found.Select(Numbers).Should().Equal(expected.Skip(stop).Select(Numbers));
            rest.Weights.Should().Equal(whole.Weights);
            State(run).Should().Be(expectedState);
        }

        static (long, long, double, double, long) Numbers(TrainingProgress at) => (at.Step, at.TotalSteps, at.Loss, at.LearningRate, at.Tokens);
    }

    [Fact]
    public async Task A_complete_run_has_nothing_left_to_do()
    {
        await TrainingLoopTests.Run(new ToyTask(), Options);
        (await TrainingLoopTests.Run(new ToyTask(), Options with { Resume = true })).Should().BeEmpty();
    }

    [Fact]
    public async Task A_checkpoint_that_could_not_be_written_leaves_the_one_before()
    {
        ToyTask failing = new() { FailingSave = 4 };
        await new Func<Task>(() => TrainingLoopTests.Run(failing, Options)).Should().ThrowAsync<IOException>().WithMessage("The disk is full.");
        failing.IsDisposed.Should().BeTrue();

        ToyTask whole = new(), rest = new();
        await TrainingLoopTests.Run(whole, Options with { CheckpointFolder = null });
        (await TrainingLoopTests.Run(rest, Options with { Resume = true })).Select(at => at.Step).Should().Equal(4, 5, 6);
        rest.Weights.Should().Equal(whole.Weights);
    }

    [Fact]
    public async Task Another_run_is_refused_by_what_differs()
    {
        await TrainingLoopTests.Run(new ToyTask(), Options);
        await Refuses(new ToyTask { Name = "other" }, Options, "Identity was 'toy' and is 'other'");
        await Refuses(new ToyTask(), Options with { Seed = 6 }, "Seed was '5' and is '6'");
        await Refuses(new ToyTask(), Options with { Steps = 7 }, "Steps was '6' and is '7'");
        await Refuses(new ToyTask(), Options with { LearningRate = 0.5 }, "LearningRate was '0.01' and is '0.5'");
        await Refuses(new ToyTask(), Options with { Schedule = LearningRateSchedules.Cosine() }, "Schedule was");
        await Refuses(new ToyTask(), Options with { WeightDecay = 0 }, "WeightDecay was '0.01' and is '0'");
        await Refuses(new ToyTask(), Options with { Accumulation = 1 }, "Accumulation was '2' and is '1'");
        await Refuses(new ToyTask(), Options with { Optimizer = OptimizerKind.Adam }, "Optimizer was 'AdamW' and is 'Adam'");

        static async Task Refuses(ToyTask task, TrainingOptions options, string difference)
        {
            await new Func<Task>(() => TrainingLoopTests.Run(task, options with { Resume = true })).Should().ThrowAsync<ArgumentException>()
                .WithMessage($"The checkpoint '*step-000000006' belongs to another run: {difference}*");
            task.IsDisposed.Should().BeTrue();
        }
    }

    private string State(string run) =>
        Convert.ToHexString(File.ReadAllBytes(Path.Combine(_folder.File(run), $"step-{Steps:D9}", "optimizer.safetensors")));
}
