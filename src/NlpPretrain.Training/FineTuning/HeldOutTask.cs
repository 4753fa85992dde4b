using NlpPretrain.Tensors;

namespace NlpPretrain.Training;

/// <summary>A run over labelled examples which may hold out others: it evaluates those, keeps the best weights, and may end early.</summary>
/// <typeparam name="TSequence">A sequence as the family encodes it.</typeparam>
internal abstract class HeldOutTask<TSequence> : FineTuningTask
{
    private readonly TaskExamples<TSequence> _examples;
    private readonly TaskExamples<TSequence>? _heldOut;
    private readonly Func<TSequence[], int> _lengthOf;
    private readonly BestWeights? _best;
    private readonly int _accumulation, _patience;

    /// <param name="parameters">All weights of the model.</param>
    /// <param name="isTrained">Which of them are trained.</param>
    /// <param name="examples">What is learned from.</param>
    /// <param name="heldOut">What the weights are chosen by, or null.</param>
    /// <param name="lengthOf">The length of an example.</param>
    /// <param name="patience">After how many evaluations without a better one the run ends, or null.</param>
    /// <param name="options">The options of the run.</param>
    protected HeldOutTask(IReadOnlyList<Parameter> parameters, Func<Parameter, bool> isTrained, TaskExamples<TSequence> examples, TaskExamples<TSequence>? heldOut,
        Func<TSequence[], int> lengthOf, int? patience, TrainingOptions options) : base([.. examples.Encoded.Select(lengthOf)], options)
    {
        (Parameters, _examples, _heldOut, _lengthOf, _patience, _accumulation) = (parameters, examples, heldOut, lengthOf, patience ?? 0, options.Accumulation);
        foreach (Parameter parameter in parameters) parameter.IsTrainable = isTrained(parameter);
        if (heldOut is null) return;

        if (heldOut.Encoded.Length == 0) throw new ArgumentException("There are no held-out examples; give at least one, or leave HeldOut null.");
        _best = new BestWeights([.. parameters.Where(parameter => parameter.IsTrainable)], patience);
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    public override long? EvaluationInterval => _heldOut is null ? null : Math.Max(1, BatchesPerEpoch / _accumulation);

    public override bool EndsEarly => _best is { IsPatienceOver: true };

    /// <summary>What of the examples changes a run.</summary>
    protected string ExamplesIdentity => FormattableString.Invariant($"batches of {BatchSize}, {Count} examples with the hash {HashOf(_examples):x16}") +
        (_heldOut is null ? "" : FormattableString.Invariant($", {_heldOut.Encoded.Length} held-out examples with the hash {HashOf(_heldOut):x16}, patience {_patience}"));

    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics) => Loss(pass, _examples, Examples(batch), out statistics);

    public override double Evaluate(TensorArena arena, CancellationToken cancellationToken)
    {
        TSequence[][] encoded = _heldOut!.Encoded;
        int[] order = [.. Enumerable.Range(0, encoded.Length).OrderBy(example => _lengthOf(encoded[example]))];
        BatchStatistics sum = default;
        foreach (int[] examples in order.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Pass pass = Pass.Inference(arena);
            Loss(pass, _heldOut, examples, out BatchStatistics statistics);
            sum += statistics;
        }

        _best!.Report(sum.Mean);
        return sum.Mean;
    }

    public override void Complete() => _best?.Restore();

    public sealed override void Save(string folder)
    {
        SaveModel(folder);
        _best?.Save(folder);
    }

    public sealed override void Load(string folder)
    {
        LoadModel(folder);
        _best?.Load(folder);
    }

    /// <summary>The task's loss on some examples, without what only training adds.</summary>
    protected abstract Tensor Loss(Pass pass, TaskExamples<TSequence> from, ReadOnlySpan<int> examples, out BatchStatistics statistics);

    /// <summary>All that the model reads of a sequence.</summary>
    protected abstract IEnumerable<int> Numbers(TSequence sequence);

    protected abstract void SaveModel(string folder);

    protected abstract void LoadModel(string folder);

    private ulong HashOf(TaskExamples<TSequence> examples) => Hash(examples.Encoded.SelectMany((sequences, example) =>
        sequences.SelectMany(Numbers).Concat(examples.Targets(example)).Select(value => (ulong)(uint)value)));
}
