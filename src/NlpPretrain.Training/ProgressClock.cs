namespace NlpPretrain.Training;

/// <summary>Turns the steps of a training loop into <see cref="TrainingProgress"/>: counts them and their tokens, and times them.</summary>
/// <remarks>
/// Only the time between <see cref="BeginStep"/> and <see cref="EndStep"/> counts: what the caller does between two pulled steps is
/// not training. One loop uses one clock.
/// </remarks>
public sealed class ProgressClock
{
    private readonly TimeProvider _time;
    private readonly long _firstStep;
    private long? _stepBegan;

    /// <summary>Creates the clock of a run.</summary>
    /// <param name="totalSteps">Steps of the whole run, at least 1. Where a run takes more, its reports count them as the total.</param>
    /// <param name="firstStep">Steps that were done before, in a resumed run. Default 0.</param>
    /// <param name="firstTokens">Tokens that were read before, in a resumed run. Default 0.</param>
    /// <param name="time">The source of time. Default null: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below its lowest value.</exception>
    public ProgressClock(long totalSteps, long firstStep = 0, long firstTokens = 0, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        ArgumentOutOfRangeException.ThrowIfNegative(firstTokens);
        (TotalSteps, _firstStep, Step, Tokens) = (totalSteps, firstStep, firstStep, firstTokens);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Steps of the whole run.</summary>
    public long TotalSteps { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; private set; }

    /// <summary>Tokens read.</summary>
    public long Tokens { get; private set; }

    /// <summary>Time spent in steps by this process.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>The part of the run that is done, from 0 to 1: what a <see cref="LearningRateSchedule"/> takes.</summary>
    public double Done => Step < TotalSteps ? (double)Step / TotalSteps : 1;

    /// <summary>Starts the time of a step.</summary>
    /// <exception cref="InvalidOperationException">The step before was not ended.</exception>
    public void BeginStep()
    {
        if (_stepBegan is not null)
            throw new InvalidOperationException($"Step {Step + 1} has begun already; end it first (ProgressClock.EndStep).");
        _stepBegan = _time.GetTimestamp();
    }

    /// <summary>Ends the step and reports it.</summary>
    /// <param name="loss">Mean loss of the step, in nats per target.</param>
    /// <param name="learningRate">The learning rate that the step ended with.</param>
    /// <param name="tokens">Tokens of the corpus that the step read, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of tokens is negative.</exception>
    /// <exception cref="InvalidOperationException">No step was begun.</exception>
    public TrainingProgress EndStep(double loss, double learningRate, long tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        if (_stepBegan is not { } began) throw new InvalidOperationException($"Step {Step + 1} has not begun (ProgressClock.BeginStep).");

        _stepBegan = null;
        Elapsed += _time.GetElapsedTime(began);
        Tokens += tokens;
        Step++;
        return new TrainingProgress(Step, Math.Max(TotalSteps, Step), loss, learningRate, Tokens, Elapsed, EstimateRemaining());
    }

    private TimeSpan EstimateRemaining()
    {
        double left = Math.Max(TotalSteps - Step, 0);
        double ticks = Elapsed.Ticks / (double)(Step - _firstStep) * left;
        return ticks < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue;
    }
}
