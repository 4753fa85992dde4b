namespace NlpPretrain.Training;

/// <summary>A run stopped because a loss or gradient was not finite. The weights are those of the step before; the checkpoints are intact.</summary>
public sealed class NonFiniteLossException : ArithmeticException
{
    /// <summary>Creates the exception; its message is made of the parts.</summary>
    /// <param name="step">The step that was not taken, counted from 1.</param>
    /// <param name="loss">Its loss.</param>
    /// <param name="learningRate">Its learning rate.</param>
    /// <param name="lastCheckpoint">The folder of the last checkpoint, or null where there is none.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public NonFiniteLossException(long step, double loss, double learningRate, string? lastCheckpoint, Exception? innerException = null)
        : base(Describe(step, loss, learningRate, lastCheckpoint), innerException) =>
        (Step, Loss, LearningRate, LastCheckpoint) = (step, loss, learningRate, lastCheckpoint);

    /// <summary>The step that was not taken, counted from 1.</summary>
    public long Step { get; }

    /// <summary>The loss of that step; where it is finite, its gradient was not.</summary>
    public double Loss { get; }

    /// <summary>The learning rate of that step.</summary>
    public double LearningRate { get; }

    /// <summary>The folder of the last checkpoint, or null where there is none.</summary>
    public string? LastCheckpoint { get; }

    private static string Describe(long step, double loss, double rate, string? checkpoint)
    {
        string what = double.IsFinite(loss) ? $"The gradient of step {step} is not finite, at a loss of {Text(loss)}" : $"The loss of step {step} is {Text(loss)}";
        string where = checkpoint is null ? "No checkpoint was written (TrainingOptions.CheckpointFolder)." : $"The last checkpoint is '{checkpoint}'.";
        return $"{what} and a learning rate of {Text(rate)}; the step was not taken. Try a lower rate, a longer warm-up or clipping " +
            $"(TrainingOptions.LearningRate, Schedule, GradientClipping). {where}";
    }

    private static string Text(double value) => FormattableString.Invariant($"{value:G6}");
}
