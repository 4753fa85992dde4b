using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Cross entropy of a class, of texts or pairs.</summary>
internal sealed class ClassificationTask(GptTuned tuned, int[][][] encoded, int[] labels, GptTuningOptions tuning, TrainingOptions options, Action<string> save)
    : GptFineTuningTask(tuned, encoded, tuning, options)
{
    private readonly int[] _targets = new int[options.BatchSize ?? DefaultBatchSize];

    public override void Save(string folder) => save(folder);

    public override void Load(string folder) => GptTunedFiles.LoadWeights(folder, Tuned);

    protected override Tensor TaskLoss(Pass pass, Tensor scores, ReadOnlySpan<int> examples, out double sum)
    {
        Span<int> targets = _targets.AsSpan(0, examples.Length);
        for (int row = 0; row < examples.Length; row++) targets[row] = labels[examples[row]];
        Tensor loss = scores.CrossEntropy(targets, out TargetStatistics statistics);
        sum = statistics.Sum;
        return loss;
    }

    protected override ulong HashOfTarget(int example) => (uint)labels[example];
}
