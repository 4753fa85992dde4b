namespace NlpPretrain.Training;

/// <summary>What a family trains with where <see cref="TrainingOptions"/> leave it open.</summary>
public sealed record TrainingDefaults
{
    /// <summary>Passes over the corpus or the examples.</summary>
    public required int Epochs { get; init; }

    /// <summary>The highest learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The schedule of a run of so many steps: a warm-up that is given in steps becomes a part of the run.</summary>
    public required Func<long, LearningRateSchedule> Schedule { get; init; }

    /// <summary>The optimizer. Default <see cref="OptimizerKind.AdamW"/>.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>The largest global norm of a step's gradient; null for no limit. Default 1.</summary>
    public double? GradientClipping { get; init; } = 1;

    /// <summary>Weight decay of matrices. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Adagrad's sum of squared gradients before the first step, at least 0. Default 0.</summary>
    public double InitialSum { get; init; }

    /// <summary>Adam's β₂. Default 0.999.</summary>
    public double SecondDecay { get; init; } = 0.999;

    /// <summary>Adam's ε. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;
}
