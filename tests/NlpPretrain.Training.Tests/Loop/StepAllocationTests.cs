using NlpPretrain.Testing;

namespace NlpPretrain.Training.Tests;

[Collection(nameof(Alone))]
public class StepAllocationTests
{
    private const int FirstSteps = 30, StepsOfRound = 10;

    [Fact]
    public async Task A_steady_step_allocates_nothing_on_any_thread()
    {
        LearningRateSchedule schedule = LearningRateSchedules.Cosine(0.1);
        await using IAsyncEnumerator<TrainingProgress> steps =
            TrainingLoop.RunAsync(() => new ToyTask(), new() { Steps = FirstSteps + StepsOfRound * Allocations.MostRounds, Workers = 2, Accumulation = 2, Schedule = schedule }).GetAsyncEnumerator();
        for (int step = 0; step < FirstSteps; step++) await steps.MoveNextAsync();

        await Allocations.CheckNoneAsync(steps.MoveNextAsync, StepsOfRound);
    }
}
