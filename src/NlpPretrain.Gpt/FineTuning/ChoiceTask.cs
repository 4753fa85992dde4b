using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Cross entropy of the right choice under the softmax over the choices.</summary>
internal sealed class ChoiceTask : GptFineTuningTask
{
    private const float Impossible = -1e9f;

    private readonly GptChoiceSelector _model;
    private readonly int[] _answers, _targets;
    private int[] _places = [];

    public ChoiceTask(GptChoiceSelector model, IReadOnlyList<ChoiceExample> examples, GptTuningOptions tuning, TrainingOptions options)
        : base(model.Tuned, [.. examples.Select((example, index) => model.Tuned.Inputs.Choices(example?.Context, example?.Choices, index))], tuning, options)
    {
        _model = model;
        _answers = [.. examples.Select(Require)];
        _targets = new int[options.BatchSize ?? DefaultBatchSize];
    }

    public override void Save(string folder) => _model.Save(folder);

    public override void Load(string folder) => GptTunedFiles.LoadWeights(folder, Tuned);

    protected override Tensor TaskLoss(Pass pass, Tensor scores, ReadOnlySpan<int> examples, out double sum)
    {
        Span<int> targets = _targets.AsSpan(0, examples.Length);
        for (int row = 0; row < examples.Length; row++) targets[row] = _answers[examples[row]];
        Tensor loss = Table(pass, scores, examples).CrossEntropy(targets, out TargetStatistics statistics);
        sum = statistics.Sum;
        return loss;
    }

    protected override ulong HashOfTarget(int example) => (uint)_answers[example];

    /// <summary>One row an example, [B, N] from [S, 1]; where examples have fewer choices than others, the rest of the row has no probability.</summary>
    private Tensor Table(Pass pass, Tensor scores, ReadOnlySpan<int> examples)
    {
        int most = 0;
        foreach (int example in examples) most = Math.Max(most, Encoded[example].Length);
        int size = examples.Length * most, none = scores.Shape.Rows;
        if (size == none) return scores.Reshape(new Shape(examples.Length, most));

        if (_places.Length < size) _places = new int[size];
        int place = 0, next = 0;
        foreach (int example in examples)
        {
            for (int choice = 0; choice < most; choice++) _places[place++] = choice < Encoded[example].Length ? next++ : none;
        }

        Tensor withNone = scores.Concatenate(pass.Copy([Impossible], new Shape(1, 1)), axis: 0);       // [S + 1, 1]
        return withNone.GatherRows(_places.AsSpan(0, size)).Reshape(new Shape(examples.Length, most));
    }

    private static int Require(ChoiceExample example, int index) => example.Answer >= 0 && example.Answer < example.Choices.Count
        ? example.Answer
        : throw new ArgumentException(FormattableString.Invariant(
            $"Example {index} has the answer {example.Answer}; its {example.Choices.Count} choices are 0 to {example.Choices.Count - 1} (ChoiceExample.Answer)."));
}
