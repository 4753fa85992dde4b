using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Cross entropy of the right choice under the softmax over the choices.</summary>
internal sealed class ChoiceTask : GptFineTuningTask
{
    private readonly GptChoiceSelector _model;
    private readonly int[] _answers, _targets, _counts;
    private readonly ScoreTable _table = new();

    public ChoiceTask(GptChoiceSelector model, IReadOnlyList<ChoiceExample> examples, GptTuningOptions tuning, TrainingOptions options)
        : base(model.Tuned, [.. examples.Select((example, index) => model.Tuned.Inputs.Choices(example?.Context, example?.Choices, index))], tuning, options)
    {
        _model = model;
        _answers = [.. examples.Select(TaskTexts.Answer)];
        (_targets, _counts) = (new int[BatchSize], new int[BatchSize]);
    }

    public override void Save(string folder) => _model.Save(folder);

    public override void Load(string folder) => GptTunedFiles.LoadWeights(folder, Tuned);

    protected override Tensor TaskLoss(Pass pass, Tensor scores, ReadOnlySpan<int> examples, out double sum)
    {
        for (int row = 0; row < examples.Length; row++) (_targets[row], _counts[row]) = (_answers[examples[row]], Encoded[examples[row]].Length);
        Tensor table = _table.Of(scores, _counts.AsSpan(0, examples.Length));                                   // [B, N]
        Tensor loss = table.CrossEntropy(_targets.AsSpan(0, examples.Length), out TargetStatistics statistics);
        sum = statistics.Sum;
        return loss;
    }

    protected override ulong HashOfTarget(int example) => (uint)_answers[example];
}
