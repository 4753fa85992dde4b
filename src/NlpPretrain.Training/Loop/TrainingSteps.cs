using NlpPretrain.Optimization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Training;

/// <summary>One run of <see cref="TrainingLoop"/>: the task, its optimizer, and where the run is.</summary>
internal sealed class TrainingSteps : IDisposable
{
    private readonly TrainingTask _task;
    private readonly TrainingOptions _options;
    private readonly TensorArena _arena;
    private readonly Optimizer _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly double _peak, _clipping;
    private readonly long _evaluationInterval;
    private readonly bool _evaluates;
    private readonly ProgressClock _clock;
    private readonly CheckpointFolder? _checkpoints;
    private readonly RunSettings _settings;
    private readonly CancellationToken _cancellationToken;
    private string? _lastCheckpoint;

    private TrainingSteps(TrainingTask task, TrainingOptions options, TensorArena arena, CancellationToken cancellationToken)
    {
        (_task, _options, _arena, _cancellationToken) = (task, options, arena, cancellationToken);
        TrainingDefaults defaults = task.Defaults;
        long epochs = options.Epochs ?? defaults.Epochs, batches = checked(epochs * task.BatchesPerEpoch);
        long total = options.Steps ?? (batches - 1) / options.Accumulation + 1;

        _schedule = options.Schedule ?? defaults.Schedule(total);
        _peak = options.LearningRate ?? defaults.LearningRate;
        // Without a limit the norm is computed all the same, to find a gradient that is not finite before it reaches the weights.
        _clipping = options.GradientClipping ?? defaults.GradientClipping ?? double.PositiveInfinity;
        _evaluates = options.Evaluation is not null || task.EvaluationInterval is not null;
        if (options.EvaluationInterval is { } interval && !_evaluates)
            throw new ArgumentException(FormattableString.Invariant($"EvaluationInterval is {interval}, and there is no text to evaluate on; set one (TrainingOptions.Evaluation) or leave the interval null (TrainingOptions.EvaluationInterval)."));
        _evaluationInterval = options.EvaluationInterval ?? task.EvaluationInterval ?? long.MaxValue;
        OptimizerKind kind = options.Optimizer ?? defaults.Optimizer;
        double weightDecay = options.WeightDecay ?? defaults.WeightDecay, secondDecay = options.SecondDecay ?? defaults.SecondDecay;
        _optimizer = Create(kind, arena, task.Group(weightDecay), secondDecay, defaults, options);

        _settings = new RunSettings
        {
            { nameof(options.Seed), options.Seed },
            { nameof(task.Identity), task.Identity },
            { nameof(options.Steps), total },
            { nameof(options.Accumulation), options.Accumulation },
            { nameof(options.Optimizer), kind },
            { nameof(options.LearningRate), _peak },
            { nameof(options.Schedule), RunSettings.Describe(_schedule) },
            { nameof(options.GradientClipping), _clipping },
            { nameof(options.WeightDecay), weightDecay },
            { nameof(options.SecondDecay), secondDecay },
        };
        if (options.CheckpointFolder is { } folder) _checkpoints = new CheckpointFolder(folder);
        RunPosition at = Restore();
        _clock = new ProgressClock(total, at.Step, at.Tokens);
    }

    internal bool AreDone => _clock.Step >= _clock.TotalSteps || _task.EndsEarly;

    internal static TrainingSteps Begin(Func<TrainingTask> create, TrainingOptions options, CancellationToken cancellationToken)
    {
        TrainingTask task = create();
        TensorArena? arena = null;
        try
        {
            arena = new TensorArena(options.Workers);
            return new TrainingSteps(task, options, arena, cancellationToken);
        }
        catch
        {
            arena?.Dispose();
            task.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _arena.Dispose();
        _task.Dispose();
    }

    internal TrainingProgress Step()
    {
        _clock.BeginStep();
        double rate = _peak * _schedule((_clock.Step + 0.5) / _clock.TotalSteps);
        BatchStatistics sum;
        try
        {
            sum = Descend(rate);
        }
        catch
        {
            foreach (Parameter parameter in _task.Parameters) parameter.ZeroGradient();
            throw;
        }

        TrainingProgress progress = _clock.EndStep(sum.Mean, rate, sum.Tokens);
        // What an evaluation finds out, the checkpoint of the same step has.
        if (_evaluates && (AreDone || progress.Step % _evaluationInterval == 0)) progress = progress with { EvaluationLoss = _task.Evaluate(_arena, _cancellationToken) };
        bool isLast = AreDone;
        if (isLast) _task.Complete();
        if (_checkpoints is not null && (isLast || progress.Step % _options.CheckpointInterval == 0)) Save();
        return progress;
    }

    /// <summary>One optimizer step.</summary>
    /// <remarks>
    /// With nᵢ targets in batch i, the gradient is Σ (nᵢ/n₀)·∇Lᵢ, scaled by n₀/Σ nᵢ: the weights of equal batches are 1, and a step of one batch is that batch's to the bit.
    /// </remarks>
    private BatchStatistics Descend(double rate)
    {
        BatchStatistics sum = default;
        long unit = 0;
        for (int i = 0; i < _options.Accumulation; i++)
        {
            long batch = _clock.Step * _options.Accumulation + i;
            using Pass pass = Pass.Training(_arena, _options.Seed, (ulong)batch);
            Tensor loss = _task.Loss(pass, batch, out BatchStatistics statistics);
            if (!float.IsFinite(loss.Item) || !double.IsFinite(statistics.Loss))
                throw NotFinite(rate, double.IsFinite(statistics.Loss) ? loss.Item : statistics.Mean);

            if (unit == 0) unit = statistics.Targets;
            loss.Backward(unit == 0 ? 0 : (float)((double)statistics.Targets / unit));
            sum += statistics;
        }

        try
        {
            _optimizer.Step(rate, _clipping, sum.Targets == 0 ? 1 : (double)unit / sum.Targets);
        }
        catch (ArithmeticException cause)
        {
            throw NotFinite(rate, sum.Mean, cause);
        }

        return sum;
    }

    private NonFiniteLossException NotFinite(double rate, double loss, Exception? cause = null) => new(_clock.Step + 1, loss, rate, _lastCheckpoint, cause);

    private RunPosition Restore()
    {
        if (_checkpoints?.Begin(_options.Resume).Found is not { } checkpoint) return default;

        RunPosition at = RunFiles.ReadPosition(checkpoint, _settings);
        _task.Load(checkpoint.Folder);
        RunFiles.ReadOptimizer(checkpoint.Folder, _optimizer);
        _optimizer.Steps = at.Step;
        _lastCheckpoint = checkpoint.Folder;
        return at;
    }

    private void Save() => _lastCheckpoint = _checkpoints!.Save(_clock.Step, folder =>
    {
        _task.Save(folder);
        RunFiles.WriteOptimizer(folder, _optimizer);
        RunFiles.WritePosition(folder, new RunPosition(_clock.Step, _clock.Tokens), _settings);
    }).Folder;

    private static Optimizer Create(
        OptimizerKind kind, TensorArena arena, IReadOnlyList<ParameterGroup> groups, double secondDecay, TrainingDefaults defaults, TrainingOptions options)
    {
        if (kind is OptimizerKind.Sgd or OptimizerKind.Adagrad && options.SecondDecay is { } given)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"SecondDecay is {given}; {kind} has none, Adam, AdamW and BertAdam have (TrainingOptions.SecondDecay, TrainingOptions.Optimizer)."));
        }

        return kind switch
        {
            OptimizerKind.Sgd => new Sgd(arena, groups),
            OptimizerKind.Adagrad => new Adagrad(arena, groups, defaults.InitialSum),
            OptimizerKind.Adam => new Adam(arena, groups) { SecondDecay = secondDecay, Epsilon = defaults.Epsilon },
            OptimizerKind.AdamW => new AdamW(arena, groups) { SecondDecay = secondDecay, Epsilon = defaults.Epsilon },
            OptimizerKind.BertAdam => new BertAdam(arena, groups) { SecondDecay = secondDecay, Epsilon = defaults.Epsilon },
            _ => throw new ArgumentException($"Optimizer is {kind}; it must be one of {string.Join(", ", Enum.GetNames<OptimizerKind>())} (TrainingOptions.Optimizer)."),
        };
    }
}
