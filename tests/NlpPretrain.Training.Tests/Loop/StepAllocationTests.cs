namespace NlpPretrain.Training.Tests;

/// <summary>Tests that need the process for themselves: what others allocate would count.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public class StepAllocationTests
{
    private const int Steps = 10, MostRounds = 30;

    // The runtime itself allocates now and then, so one round of steps without is proof.
    [Fact]
    public async Task A_steady_step_allocates_nothing_on_any_thread()
    {
        LearningRateSchedule schedule = LearningRateSchedules.Cosine(0.1);
        await using IAsyncEnumerator<TrainingProgress> steps =
            TrainingLoop.RunAsync(() => new ToyTask(), new() { Steps = 30 + Steps * MostRounds, Workers = 2, Accumulation = 2, Schedule = schedule }).GetAsyncEnumerator();
        for (int step = 0; step < 30; step++) await steps.MoveNextAsync();

        long least = long.MaxValue;
        for (int round = 0; round < MostRounds && least > 0; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int step = 0; step < Steps; step++) await steps.MoveNextAsync();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        least.Should().Be(0);
    }
}
