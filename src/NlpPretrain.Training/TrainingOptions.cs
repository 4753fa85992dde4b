using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>How to train: the same for every model family. A model's architecture is in its own config.</summary>
/// <remarks>An option that a family has no use for is refused by name when it is set, never ignored.</remarks>
public sealed record TrainingOptions
{
    /// <summary>Optimizer steps of the whole run, at least 1. Default null: <see cref="Epochs"/> decides. Set one of the two.</summary>
    public long? Steps { get; init; }

    /// <summary>Passes over the corpus or the examples, at least 1. Default null: the family's own, where <see cref="Steps"/> is null too.</summary>
    public int? Epochs { get; init; }

    /// <summary>Seed of every random choice of the run. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of threads, at least 1. Default: the number of processors. It never changes a reproducible result.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The highest learning rate, above 0. Default null: the family's own.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The learning rate over the run. Default null: the family's own.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>The optimizer. Default null: the family's own.</summary>
    public OptimizerKind? Optimizer { get; init; }

    /// <summary>The largest global norm of a step's gradient, above 0. Default null: the family's own.</summary>
    public double? GradientClipping { get; init; }

    /// <summary>Batches whose gradients are added up before one optimizer step, at least 1. Default 1.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Sequences or examples of a batch, at least 1. Default null: the family's own.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Weight decay of matrices, at least 0. Default null: the family's own.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>Adam's β₂, the decay of the mean of squared gradients, in [0, 1). Default null: the family's own.</summary>
    public double? SecondDecay { get; init; }

    /// <summary>Folder for checkpoints; created when absent. Default null: none are written.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Steps between checkpoints, at least 1. Default 1,000; the last step writes one always.</summary>
    public long CheckpointInterval { get; init; } = 1_000;

    /// <summary>Whether to go on from the checkpoint in <see cref="CheckpointFolder"/>; where there is none, the run starts new. Default false.</summary>
    public bool Resume { get; init; }

    /// <summary>Held-out text to evaluate on. Default null: no evaluation.</summary>
    public ICorpus? Evaluation { get; init; }

    /// <summary>Steps between evaluations, at least 1. Default null: after the last step only; once an epoch where a fine-tuner has held-out examples.</summary>
    public long? EvaluationInterval { get; init; }

    /// <summary>Checks every value that does not depend on the family.</summary>
    /// <exception cref="ArgumentException">A value is out of its range, or two contradict each other.</exception>
    public void Validate()
    {
        if (Steps is not null && Epochs is not null)
            throw new ArgumentException($"Both Steps ({Steps}) and Epochs ({Epochs}) are set; set one (TrainingOptions.Steps, TrainingOptions.Epochs).");
        RequireAtLeastOne(Steps, nameof(Steps));
        RequireAtLeastOne(Epochs, nameof(Epochs));
        RequireAtLeastOne(Workers, nameof(Workers));
        RequireAtLeastOne(Accumulation, nameof(Accumulation));
        RequireAtLeastOne(BatchSize, nameof(BatchSize));
        RequireAtLeastOne(CheckpointInterval, nameof(CheckpointInterval));
        RequireAtLeastOne(EvaluationInterval, nameof(EvaluationInterval));
        RequirePositive(LearningRate, nameof(LearningRate));
        RequirePositive(GradientClipping, nameof(GradientClipping));
        if (WeightDecay is { } decay && !(decay >= 0 && double.IsFinite(decay)))
            throw new ArgumentException(FormattableString.Invariant($"WeightDecay is {decay}; it must be at least 0 and finite (TrainingOptions.WeightDecay)."));
        if (SecondDecay is { } second && !(second is >= 0 and < 1))
            throw new ArgumentException(FormattableString.Invariant($"SecondDecay is {second}; it must be at least 0 and below 1 (TrainingOptions.SecondDecay)."));
        if (Resume && CheckpointFolder is null)
            throw new ArgumentException("Resume needs the folder of the checkpoints (TrainingOptions.CheckpointFolder).");
    }

    private static void RequireAtLeastOne(long? value, string name)
    {
        if (value < 1) throw new ArgumentException($"{name} is {value}; it must be at least 1 (TrainingOptions.{name}).");
    }

    private static void RequirePositive(double? value, string name)
    {
        if (value is { } given && !(given > 0 && double.IsFinite(given)))
            throw new ArgumentException(FormattableString.Invariant($"{name} is {given}; it must be above 0 and finite (TrainingOptions.{name})."));
    }
}
