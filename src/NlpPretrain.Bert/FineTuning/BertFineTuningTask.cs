using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>The examples of one run, and their loss.</summary>
internal sealed class BertFineTuningTask(
    BertTunedModel model, TaskExamples<BertSequence> examples, TaskExamples<BertSequence>? heldOut, BertTuningOptions tuning, TrainingOptions options)
    : HeldOutTask<BertSequence>(model.Tuned.Parameters, parameter => tuning.FrozenLayers is not { } frozen || Depth(model.Tuned, parameter) > frozen,
        examples, heldOut, BertPredictor.Longest, tuning.Patience, options)
{
    private readonly BertTuned _tuned = model.Tuned;
    private readonly BertTaskBatch _batch = new();

    public override TrainingDefaults Defaults { get; } = new() { Epochs = 3, LearningRate = 5e-5, Schedule = static _ => LearningRateSchedules.Linear(warmUp: 0.1) };

    public override string Identity => FormattableString.Invariant(
        $"{model.GetType().Name}, {_tuned.Model.Config}, classifier dropout {_tuned.Dropout}, layer decay {tuning.LayerDecay}, frozen layers {tuning.FrozenLayers ?? -1}, {ExamplesIdentity}");

    public override IReadOnlyList<ParameterGroup> Group(double weightDecay) =>
    [
        .. Parameters.GroupBy(parameter => Depth(_tuned, parameter))
            .SelectMany(level => ParameterGroup.ForDecay([.. level], weightDecay).Select(group => group with { RateScale = Scale(level.Key) }))
            .Where(group => group.Parameters.Count > 0),
    ];

    protected override Tensor Loss(Pass pass, TaskExamples<BertSequence> from, ReadOnlySpan<int> examples, out BatchStatistics statistics)
    {
        _batch.Fill(from.Encoded, examples);
        Tensor loss = from.Loss(_tuned.Scores(pass, _batch), examples, out (double Sum, int Targets) sums);
        statistics = new BatchStatistics(sums.Sum, sums.Targets, _batch.Tokens);
        return loss;
    }

    protected override IEnumerable<int> Numbers(BertSequence sequence) => sequence.Ids;

    protected override void SaveModel(string folder) => model.Save(folder);

    protected override void LoadModel(string folder) => BertTunedFiles.LoadWeights(folder, _tuned);

    /// <summary>0 for the embeddings, 1 to n for the blocks, n + 1 for pooler and head.</summary>
    private static int Depth(BertTuned tuned, Parameter parameter)
    {
        const string block = "encoder.layer.";
        int at = parameter.Name.IndexOf(block, StringComparison.Ordinal);
        if (at < 0) return parameter.Name.Contains(".embeddings.", StringComparison.Ordinal) ? 0 : tuned.Model.Config.Layers + 1;
        ReadOnlySpan<char> number = parameter.Name.AsSpan(at + block.Length);
        return int.Parse(number[..number.IndexOf('.')], System.Globalization.CultureInfo.InvariantCulture) + 1;
    }

    private double Scale(int depth)
    {
        double scale = 1;
        for (int level = _tuned.Model.Config.Layers + 1; level > depth; level--) scale *= tuning.LayerDecay;
        return scale;
    }
}
