namespace NlpPretrain.Training.Tests;

public sealed class ProgressClockTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Counts_steps_and_tokens_and_times_only_the_steps()
    {
        var clock = new ProgressClock(totalSteps: 4, time: _time);

        Step(clock, seconds: 2).Should().Be(new TrainingProgress(1, 4, 3.5, 0.01, 100, Seconds(2), Seconds(6)));
        _time.Advance(Seconds(1_000)); // the caller evaluates: not training
        Step(clock, seconds: 4).Should().Be(new TrainingProgress(2, 4, 3.5, 0.01, 200, Seconds(6), Seconds(6)));
        clock.Done.Should().Be(0.5);
        Step(clock, seconds: 3).Remaining.Should().Be(Seconds(3));
        Step(clock, seconds: 3).Remaining.Should().Be(TimeSpan.Zero);
        clock.Done.Should().Be(1);
        clock.Elapsed.Should().Be(Seconds(12));
    }

    [Fact]
    public void A_resumed_run_goes_on_counting_but_estimates_from_its_own_speed()
    {
        var clock = new ProgressClock(totalSteps: 1_000, firstStep: 900, firstTokens: 90_000, time: _time);

        clock.Done.Should().Be(0.9);
        Step(clock, seconds: 2).Should().Be(new TrainingProgress(901, 1_000, 3.5, 0.01, 90_100, Seconds(2), Seconds(2 * 99)));
    }

    [Fact]
    public void A_run_longer_than_foreseen_counts_its_steps_as_the_total()
    {
        var clock = new ProgressClock(totalSteps: 1, time: _time);

        Step(clock, seconds: 1);
        Step(clock, seconds: 1).Should().Be(new TrainingProgress(2, 2, 3.5, 0.01, 200, Seconds(2), TimeSpan.Zero));
        clock.Done.Should().Be(1);
    }

    [Fact]
    public void An_endless_estimate_is_the_longest_time() =>
        Step(new ProgressClock(long.MaxValue, time: _time), seconds: 1_000).Remaining.Should().Be(TimeSpan.MaxValue);

    [Fact]
    public void Steps_begin_and_end_in_turn()
    {
        var clock = new ProgressClock(totalSteps: 2, time: _time);

        clock.Invoking(c => c.EndStep(1, 1, 1)).Should().Throw<InvalidOperationException>().WithMessage("Step 1 has not begun*");
        clock.BeginStep();
        clock.Invoking(c => c.BeginStep()).Should().Throw<InvalidOperationException>().WithMessage("Step 1 has begun already*");
        clock.EndStep(1, 1, 1);
        clock.Invoking(c => c.EndStep(1, 1, 1)).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Refuses_numbers_out_of_range()
    {
        FluentActions.Invoking(() => new ProgressClock(0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ProgressClock(1, firstStep: -1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ProgressClock(1, firstTokens: -1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ProgressClock(1).EndStep(1, 1, -1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private TrainingProgress Step(ProgressClock clock, double seconds)
    {
        clock.BeginStep();
        _time.Advance(Seconds(seconds));
        return clock.EndStep(loss: 3.5, learningRate: 0.01, tokens: 100);
    }
}
