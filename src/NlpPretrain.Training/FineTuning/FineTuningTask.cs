using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>A run over labelled examples, in batches of like lengths: what the tensor families share.</summary>
internal abstract class FineTuningTask : TrainingTask
{
    public const int DefaultBatchSize = 32;

    private const ulong HashStart = 0xCBF29CE484222325, HashFactor = 0x100000001B3;

    private readonly LengthBatches _batches;

    /// <param name="lengths">The length of each example.</param>
    /// <param name="options">The options of the run.</param>
    protected FineTuningTask(ReadOnlySpan<int> lengths, TrainingOptions options)
    {
        (BatchSize, Count) = (options.BatchSize ?? DefaultBatchSize, lengths.Length);
        _batches = new LengthBatches(lengths, BatchSize, options.Seed);
    }

    public override long BatchesPerEpoch => _batches.Count;

    protected int BatchSize { get; }

    /// <summary>Number of examples.</summary>
    protected int Count { get; }

    /// <summary>Checks the options of a run, and refuses by name those that fine-tuning has no use for.</summary>
    /// <param name="options">The options.</param>
    /// <param name="tokenizer">The model's tokenizer, which a checkpoint has; null where it has none.</param>
    /// <param name="hasHeldOut">Whether there are held-out examples.</param>
    public static void Validate(TrainingOptions options, Tokenizer? tokenizer, bool hasHeldOut = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Evaluation is not null) throw Unsupported(nameof(options.Evaluation), "set");
        if (options.EvaluationInterval is { } interval && !hasHeldOut) throw Unsupported(nameof(options.EvaluationInterval), interval);
        options.Validate();
        if (options.CheckpointFolder is not null && tokenizer is not null) TokenizerFolder.RequireSavable(tokenizer);

        static ArgumentException Unsupported(string option, object given) =>
            new(FormattableString.Invariant($"{option} is {given}; fine-tuning has no held-out text: evaluate between two steps (TrainingOptions.{option})."));
    }

    /// <summary>The examples of a batch, shortest first; good until the next batch is asked for.</summary>
    protected ReadOnlySpan<int> Examples(long batch) => _batches[batch];

    /// <summary>One number for many that the examples have, so that a run does not resume with others.</summary>
    protected static ulong Hash(IEnumerable<ulong> values) => values.Aggregate(HashStart, static (hash, value) => (hash ^ value) * HashFactor);
}
