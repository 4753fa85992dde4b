using System.Runtime.CompilerServices;
using NlpPretrain.Initialization;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>The loop that the four fine-tuners share: shuffled mini-batches and one step of Adagrad for each.</summary>
internal sealed class FineTuningRun
{
    public const int BatchSize = 32;
    private const int DefaultEpochs = 10;
    private const double DefaultRate = 0.1;
    private const ulong ShuffleStream = 0x53485546;

    private readonly FineTuningTask _task;
    private readonly ulong _seed;
    private readonly double _peak;
    private readonly LearningRateSchedule _schedule;
    private readonly int[] _order;
    private readonly ProgressClock _clock;
    private readonly int _batches;

    private FineTuningRun(FineTuningTask task, TrainingOptions options)
    {
        if (task.Count == 0) throw new ArgumentException("There are no examples; fine-tuning needs at least one.");

        (_task, _seed) = (task, options.Seed);
        _peak = options.LearningRate ?? DefaultRate;
        _schedule = options.Schedule ?? LearningRateSchedules.Linear();
        _order = new int[task.Count];
        _batches = (task.Count - 1) / BatchSize + 1;
        _clock = new ProgressClock(options.Steps ?? (long)(options.Epochs ?? DefaultEpochs) * _batches);
    }

    public static async IAsyncEnumerable<TrainingProgress> RunAsync(
        Func<FineTuningTask> createTask, TrainingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FineTuningRun run = await Task.Run(() => new FineTuningRun(createTask(), options), cancellationToken).ConfigureAwait(false);
        while (run._clock.Step < run._clock.TotalSteps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await Task.Run(run.Step, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Checks the options, and refuses by name those that fine-tuning word vectors has no use for.</summary>
    public static void Validate(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Optimizer is not (null or OptimizerKind.Adagrad)) throw Unsupported(nameof(options.Optimizer), options.Optimizer, "Adagrad");
        if (options.GradientClipping is { } norm) throw Unsupported(nameof(options.GradientClipping), norm, "no clipping");
        if (options.Accumulation != 1) throw Unsupported(nameof(options.Accumulation), options.Accumulation, "a step for every batch");
        if (options.BatchSize is { } size) throw Unsupported(nameof(options.BatchSize), size, FormattableString.Invariant($"batches of {BatchSize}"));
        if (options.WeightDecay is { } decay) throw Unsupported(nameof(options.WeightDecay), decay, "no weight decay");
        if (options.SecondDecay is { } second) throw Unsupported(nameof(options.SecondDecay), second, "Adagrad, which has none");
        if (options.CheckpointFolder is { } folder) throw Unsupported(nameof(options.CheckpointFolder), $"'{folder}'", "no checkpoints");
        if (options.CheckpointInterval != new TrainingOptions().CheckpointInterval)
            throw Unsupported(nameof(options.CheckpointInterval), options.CheckpointInterval, "no checkpoints");
        if (options.Evaluation is not null) throw Unsupported(nameof(options.Evaluation), "set", "no held-out text: evaluate between two steps");
        if (options.EvaluationInterval is { } interval)
            throw Unsupported(nameof(options.EvaluationInterval), interval, "no held-out text: evaluate between two steps");
        options.Validate();
    }

    private TrainingProgress Step()
    {
        _clock.BeginStep();
        long batch = _clock.Step % _batches;
        if (batch == 0) Shuffle(_clock.Step / _batches);

        double loss = 0;
        int targets = 0, words = 0;
        foreach (int example in _order.AsSpan()[(int)(batch * BatchSize)..(int)Math.Min((batch + 1) * BatchSize, _order.Length)])
        {
            ExampleLoss one = _task.Accumulate(example);
            loss += one.Loss;
            targets += one.Targets;
            words += one.Words;
        }

        double rate = _peak * _schedule(_clock.Done);
        if (!double.IsFinite(loss))
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The loss of step {_clock.Step + 1} is not finite at a learning rate of {rate}; train a new model with a lower one (TrainingOptions.LearningRate)."));
        _task.Apply(1.0 / targets, rate);
        return _clock.EndStep(loss / targets, rate, words);
    }

    /// <summary>An order of the examples that depends on the seed and the epoch only (Fisher and Yates).</summary>
    private void Shuffle(long epoch)
    {
        RandomStream random = new(_seed, ShuffleStream, (ulong)epoch);
        for (int k = 0; k < _order.Length; k++)
        {
            int other = random.Below((ulong)k, k + 1);
            _order[k] = _order[other];
            _order[other] = k;
        }
    }

    private static ArgumentException Unsupported(string option, object? given, string allowed) =>
        new(FormattableString.Invariant($"{option} is {given}; fine-tuning word vectors trains with {allowed} (TrainingOptions.{option})."));
}
