using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>The examples of one run, their loss, and the evaluation of those held out.</summary>
internal sealed class BertFineTuningTask : FineTuningTask
{
    private readonly BertTunedModel _model;
    private readonly BertTuned _tuned;
    private readonly TaskExamples<BertSequence> _examples;
    private readonly TaskExamples<BertSequence>? _heldOut;
    private readonly BertTuningOptions _tuning;
    private readonly BestWeights? _best;
    private readonly BertTaskBatch _batch = new();
    private readonly int _accumulation;

    public BertFineTuningTask(BertTunedModel model, TaskExamples<BertSequence> examples, TaskExamples<BertSequence>? heldOut, BertTuningOptions tuning, TrainingOptions options)
        : base([.. examples.Encoded.Select(BertPredictor.Longest)], options)
    {
        (_model, _tuned, _examples, _heldOut, _tuning, _accumulation) = (model, model.Tuned, examples, heldOut, tuning, options.Accumulation);
        Parameters = _tuned.Parameters;
        foreach (Parameter parameter in Parameters) parameter.IsTrainable = tuning.FrozenLayers is not { } frozen || Depth(parameter) > frozen;
        if (heldOut is null) return;

        if (heldOut.Encoded.Length == 0) throw new ArgumentException("There are no held-out examples; give at least one, or leave HeldOut null.");
        _best = new BestWeights([.. Parameters.Where(parameter => parameter.IsTrainable)], tuning.Patience);
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    public override TrainingDefaults Defaults { get; } = new() { Epochs = 3, LearningRate = 5e-5, Schedule = static _ => LearningRateSchedules.Linear(warmUp: 0.1) };

    public override string Identity => FormattableString.Invariant(
        $"{_model.GetType().Name}, {_tuned.Model.Config}, classifier dropout {_tuned.Dropout}, layer decay {_tuning.LayerDecay}, frozen layers {_tuning.FrozenLayers ?? -1}, ") +
        FormattableString.Invariant($"batches of {BatchSize}, {Count} examples with the hash {HashOf(_examples):x16}{HeldOutIdentity}");

    public override long? EvaluationInterval => _heldOut is null ? null : Math.Max(1, BatchesPerEpoch / _accumulation);

    public override bool EndsEarly => _best is { IsPatienceOver: true };

    public override void Complete() => _best?.Restore();

    private string HeldOutIdentity => _heldOut is null ? "" : FormattableString.Invariant($", {_heldOut.Encoded.Length} held-out examples with the hash {HashOf(_heldOut):x16}, patience {_tuning.Patience ?? 0}");

    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics) => Loss(pass, _examples, Examples(batch), out statistics);

    public override double Evaluate(TensorArena arena, CancellationToken cancellationToken)
    {
        BertSequence[][] encoded = _heldOut!.Encoded;
        int[] order = [.. Enumerable.Range(0, encoded.Length).OrderBy(example => BertPredictor.Longest(encoded[example]))];
        BatchStatistics sum = default;
        foreach (int[] examples in order.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Pass pass = Pass.Inference(arena);
            Loss(pass, _heldOut, examples, out BatchStatistics ofBatch);
            sum += ofBatch;
        }

        _best!.Report(sum.Mean);
        return sum.Mean;
    }

    public override IReadOnlyList<ParameterGroup> Group(double weightDecay) =>
    [
        .. Parameters.GroupBy(Depth).SelectMany(level => ParameterGroup.ForDecay([.. level], weightDecay).Select(group => group with { RateScale = Scale(level.Key) }))
            .Where(group => group.Parameters.Count > 0),
    ];

    public override void Save(string folder)
    {
        _model.Save(folder);
        _best?.Save(folder);
    }

    public override void Load(string folder)
    {
        BertTunedFiles.LoadWeights(folder, _tuned);
        _best?.Load(folder);
    }

    private Tensor Loss(Pass pass, TaskExamples<BertSequence> from, ReadOnlySpan<int> examples, out BatchStatistics statistics)
    {
        _batch.Fill(from.Encoded, examples);
        Tensor loss = from.Loss(_tuned.Scores(pass, _batch), examples, out (double Sum, int Targets) sums);
        statistics = new BatchStatistics(sums.Sum, sums.Targets, _batch.Tokens);
        return loss;
    }

    /// <summary>0 for the embeddings, 1 to n for the blocks, n + 1 for pooler and head.</summary>
    private int Depth(Parameter parameter)
    {
        const string block = "encoder.layer.";
        int at = parameter.Name.IndexOf(block, StringComparison.Ordinal);
        if (at < 0) return parameter.Name.Contains(".embeddings.", StringComparison.Ordinal) ? 0 : _tuned.Model.Config.Layers + 1;
        ReadOnlySpan<char> number = parameter.Name.AsSpan(at + block.Length);
        return int.Parse(number[..number.IndexOf('.')], System.Globalization.CultureInfo.InvariantCulture) + 1;
    }

    private double Scale(int depth)
    {
        double scale = 1;
        for (int level = _tuned.Model.Config.Layers + 1; level > depth; level--) scale *= _tuning.LayerDecay;
        return scale;
    }

    private static ulong HashOf(TaskExamples<BertSequence> examples) => Hash(examples.Encoded.SelectMany((sequences, example) =>
        sequences.SelectMany(sequence => sequence.Ids).Concat(examples.Targets(example)).Select(value => (ulong)(uint)value)));
}
