using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Squared error of a pair's score, in standard deviations of the scores; what is reported is on their own scale.</summary>
internal sealed class SimilarityTask : GptFineTuningTask
{
    private readonly GptSimilarityScorer _model;
    private readonly float[] _scores, _targets;
    private readonly double _deviation;

    public SimilarityTask(GptSimilarityScorer model, IReadOnlyList<ScoredPairExample> examples, GptTuningOptions tuning, TrainingOptions options)
        : base(model.Tuned, [.. examples.Select((example, index) => model.Tuned.EncodePair(example?.First, example?.Second, index))], tuning, options)
    {
        _model = model;
        model.Scale ??= ScoreScale.Of(examples);
        _deviation = model.Scale.Value.Deviation;
        _scores = model.Scale.Value.Targets(examples);
        _targets = new float[BatchSize];
    }

    public override void Save(string folder) => _model.Save(folder);

    public override void Load(string folder) => GptTunedFiles.LoadWeights(folder, Tuned);

    protected override Tensor TaskLoss(Pass pass, Tensor scores, ReadOnlySpan<int> examples, out double sum)
    {
        Span<float> targets = _targets.AsSpan(0, examples.Length);
        for (int row = 0; row < examples.Length; row++) targets[row] = _scores[examples[row]];
        Tensor loss = scores.MeanSquaredError(pass.Copy(targets, scores.Shape));
        sum = loss.Item * _deviation * _deviation * examples.Length;
        return loss;
    }

    protected override ulong HashOfTarget(int example) => BitConverter.SingleToUInt32Bits(_scores[example]);
}
