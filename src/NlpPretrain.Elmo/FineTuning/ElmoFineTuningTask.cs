using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>The examples of one run, their loss, and the evaluation of those held out.</summary>
internal sealed class ElmoFineTuningTask : FineTuningTask
{
    private readonly ElmoTunedModel _model;
    private readonly ElmoTuned _tuned;
    private readonly TaskExamples<ElmoSequence> _examples;
    private readonly TaskExamples<ElmoSequence>? _heldOut;
    private readonly ElmoTuningOptions _tuning;
    private readonly BestWeights? _best;
    private readonly ElmoTaskBatch _batch;
    private readonly int _accumulation;
    private readonly bool _keeps;

    public ElmoFineTuningTask(ElmoTunedModel model, TaskExamples<ElmoSequence> examples, TaskExamples<ElmoSequence>? heldOut, ElmoTuningOptions tuning, TrainingOptions options)
        : base([.. examples.Encoded.Select(ElmoPredictor.Longest)], options)
    {
        (_model, _tuned, _examples, _heldOut, _tuning, _accumulation) = (model, model.Tuned, examples, heldOut, tuning, options.Accumulation);
        _batch = new(_tuned.Model.Config, _tuned.Form.Texts);
        Parameters = _tuned.Parameters;
        foreach (Parameter parameter in Parameters) parameter.IsTrainable = tuning.TrainsModel || !IsOfModel(parameter);
        _keeps = !tuning.TrainsModel && BytesOf(examples) + BytesOf(heldOut) <= tuning.KeptBytes;
        if (heldOut is null) return;

        if (heldOut.Encoded.Length == 0) throw new ArgumentException("There are no held-out examples; give at least one, or leave HeldOut null.");
        _best = new BestWeights([.. Parameters.Where(parameter => parameter.IsTrainable)], tuning.Patience);
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    public override TrainingDefaults Defaults { get; } = new()
    {
        Epochs = 10, LearningRate = 1e-3, Schedule = static _ => LearningRateSchedules.Linear(), Optimizer = OptimizerKind.Adam, GradientClipping = 5, WeightDecay = 0,
    };

    public override string Identity => FormattableString.Invariant(
        $"{_model.GetType().Name}, {_tuned.Model.Config}, {_tuned.Form.Outputs} scores, {_tuned.Form.Cells} cells, classifier dropout {_tuned.Form.Dropout}, vector dropout {_tuned.VectorDropout}, normalized layers {_tuned.Normalizes}, mix penalty {_tuning.MixPenalty}, ") +
        FormattableString.Invariant($"model rate {_tuning.ModelRate}, batches of {BatchSize}, {Count} examples with the hash {HashOf(_examples):x16}{HeldOutIdentity}");

    public override long? EvaluationInterval => _heldOut is null ? null : Math.Max(1, BatchesPerEpoch / _accumulation);

    public override bool EndsEarly => _best is { IsPatienceOver: true };

    public override void Complete() => _best?.Restore();

    private string HeldOutIdentity => _heldOut is null ? "" : FormattableString.Invariant($", {_heldOut.Encoded.Length} held-out examples with the hash {HashOf(_heldOut):x16}, patience {_tuning.Patience ?? 0}");

    /// <summary>The task's loss and λ·Σ w² of the mix; the first is what is reported.</summary>
    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics)
    {
        Tensor loss = Loss(pass, _examples, Examples(batch), out statistics);
        if (_tuning.MixPenalty == 0) return loss;

        Parameter weights = _tuned.MixWeights;
        return loss + (float)(_tuning.MixPenalty * weights.Shape.Size) * weights.AsTensor().MeanSquaredError(pass.Zeros(weights.Shape));
    }

    public override double Evaluate(TensorArena arena, CancellationToken cancellationToken)
    {
        ElmoSequence[][] encoded = _heldOut!.Encoded;
        int[] order = [.. Enumerable.Range(0, encoded.Length).OrderBy(example => ElmoPredictor.Longest(encoded[example]))];
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

    public override IReadOnlyList<ParameterGroup> Group(double weightDecay) =>
    [
        .. Parameters.GroupBy(IsOfModel).SelectMany(part => ParameterGroup.ForDecay([.. part], weightDecay).Select(group => group with { RateScale = part.Key ? _tuning.ModelRate : 1 }))
            .Where(group => group.Parameters.Count > 0),
    ];

    public override void Save(string folder)
    {
        _model.Save(folder);
        _best?.Save(folder);
    }

    public override void Load(string folder)
    {
        ElmoTunedFiles.LoadWeights(folder, _tuned);
        _best?.Load(folder);
    }

    private Tensor Loss(Pass pass, TaskExamples<ElmoSequence> from, ReadOnlySpan<int> examples, out BatchStatistics statistics)
    {
        _batch.Fill(from.Encoded, examples);
        Tensor loss = from.Loss(_tuned.Scores(pass, _batch, _keeps), examples, out (double Sum, int Targets) sums);
        statistics = new BatchStatistics(sums.Sum, sums.Targets, _batch.Tokens);
        return loss;
    }

    private long BytesOf(TaskExamples<ElmoSequence>? examples) => examples is null ? 0
        : examples.Encoded.Sum(static texts => texts.Sum(static text => (long)text.Places.Length)) * sizeof(float) * 2 * _tuned.Model.Config.Projection * (_tuned.Model.Config.Layers + 1);

    private static bool IsOfModel(Parameter parameter) => parameter.Name.StartsWith($"{ElmoTuned.ModelName}.", StringComparison.Ordinal);

    private static ulong HashOf(TaskExamples<ElmoSequence> examples) => Hash(examples.Encoded.SelectMany((texts, example) =>
        texts.SelectMany(text => text.Numbers).Concat(examples.Targets(example)).Select(value => (ulong)(uint)value)));
}
