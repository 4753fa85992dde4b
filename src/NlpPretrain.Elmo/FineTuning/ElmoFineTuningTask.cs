using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>The examples of one run, and their loss.</summary>
internal sealed class ElmoFineTuningTask(
    ElmoTunedModel model, TaskExamples<ElmoSequence> examples, TaskExamples<ElmoSequence>? heldOut, ElmoTuningOptions tuning, TrainingOptions options)
    : HeldOutTask<ElmoSequence>(model.Tuned.Parameters, parameter => tuning.TrainsModel || !IsOfModel(parameter), examples, heldOut, ElmoPredictor.Longest, tuning.Patience, options)
{
    private readonly ElmoTuned _tuned = model.Tuned;
    private readonly ElmoTaskBatch _batch = new(model.Tuned.Model.Config, model.Tuned.Form.Texts);
    private readonly bool _keeps = !tuning.TrainsModel && BytesOf(model.Tuned, examples) + BytesOf(model.Tuned, heldOut) <= tuning.KeptBytes;

    public override TrainingDefaults Defaults { get; } = new()
    {
        Epochs = 10, LearningRate = 1e-3, Schedule = static _ => LearningRateSchedules.Linear(), Optimizer = OptimizerKind.Adam, GradientClipping = 5, WeightDecay = 0,
    };

    public override string Identity => FormattableString.Invariant(
        $"{model.GetType().Name}, {_tuned.Model.Config}, {_tuned.Form.Outputs} scores, {_tuned.Form.Cells} cells, classifier dropout {_tuned.Form.Dropout}, vector dropout {_tuned.VectorDropout}, normalized layers {_tuned.Normalizes}, mix penalty {tuning.MixPenalty}, ") +
        FormattableString.Invariant($"model rate {tuning.ModelRate}, {ExamplesIdentity}");

    /// <summary>The task's loss and λ·Σ w² of the mix; the first is what is reported.</summary>
    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics)
    {
        Tensor loss = base.Loss(pass, batch, out statistics);
        if (tuning.MixPenalty == 0) return loss;

        Parameter weights = _tuned.MixWeights;
        return loss + (float)(tuning.MixPenalty * weights.Shape.Size) * weights.AsTensor().MeanSquaredError(pass.Zeros(weights.Shape));
    }

    public override IReadOnlyList<ParameterGroup> Group(double weightDecay) =>
    [
        .. Parameters.GroupBy(IsOfModel).SelectMany(part => ParameterGroup.ForDecay([.. part], weightDecay).Select(group => group with { RateScale = part.Key ? tuning.ModelRate : 1 }))
            .Where(group => group.Parameters.Count > 0),
    ];

    protected override Tensor Loss(Pass pass, TaskExamples<ElmoSequence> from, ReadOnlySpan<int> examples, out BatchStatistics statistics)
    {
        _batch.Fill(from.Encoded, examples);
        Tensor loss = from.Loss(_tuned.Scores(pass, _batch, _keeps), examples, out (double Sum, int Targets) sums);
        statistics = new BatchStatistics(sums.Sum, sums.Targets, _batch.Tokens);
        return loss;
    }

    protected override IEnumerable<int> Numbers(ElmoSequence sequence) => sequence.Numbers;

    protected override void SaveModel(string folder) => model.Save(folder);

    protected override void LoadModel(string folder) => ElmoTunedFiles.LoadWeights(folder, _tuned);

    private static long BytesOf(ElmoTuned tuned, TaskExamples<ElmoSequence>? examples) => examples is null ? 0
        : examples.Encoded.Sum(static texts => texts.Sum(static text => (long)text.Places.Length)) * sizeof(float) * 2 * tuned.Model.Config.Projection * (tuned.Model.Config.Layers + 1);

    private static bool IsOfModel(Parameter parameter) => parameter.Name.StartsWith($"{ElmoTuned.ModelName}.", StringComparison.Ordinal);
}
