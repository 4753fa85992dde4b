using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>The examples of one run, and their loss: L₃ = L₂ + λ·L₁, the task's loss and the language model's on the same texts.</summary>
/// <remarks>
/// Source: Radford et al. 2018, section 3.2, eq. 3 to 5, and section 4.1 for the defaults. Differs: L₂ and L₁ are means, over examples and over tokens. What is reported is L₂.
/// </remarks>
internal abstract class GptFineTuningTask : FineTuningTask
{
    private readonly double _languageModelWeight;
    private readonly SequenceBatch _sequences;

    protected GptFineTuningTask(GptTuned tuned, int[][][] encoded, GptTuningOptions tuning, TrainingOptions options)
        : base([.. encoded.Select(sequences => sequences.Max(sequence => sequence.Length))], options)
    {
        (Tuned, Encoded, _languageModelWeight) = (tuned, encoded, tuning.LanguageModelWeight);
        _sequences = new SequenceBatch(tuned.Inputs.Extract);
        Parameters = [.. tuned.Parameters.Where(parameter => _languageModelWeight > 0 || parameter.Name != "lm_head.weight")];
    }

    /// <summary>All weights; a projection of its own to the vocabulary has a use with the language model's loss only.</summary>
    public override IReadOnlyList<Parameter> Parameters { get; }

    public override TrainingDefaults Defaults { get; } = new() { Epochs = 3, LearningRate = 6.25e-5, Schedule = static _ => LearningRateSchedules.Linear(warmUp: 0.002) };

    public override string Identity => FormattableString.Invariant(
        $"{GetType().Name}, {Tuned.Model.Config}, classifier dropout {Tuned.Head.Dropout}, λ {_languageModelWeight}, batches of {BatchSize}, {Count} examples with the hash {Hash(Values()):x16}");

    protected GptTuned Tuned { get; }

    /// <summary>The sequences of each example.</summary>
    protected int[][][] Encoded { get; }

    /// <summary>Checks the options of a run, and refuses by name those that fine-tuning has no use for.</summary>
    public static void Validate(GptTuned tuned, GptTuningOptions tuning, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(tuning);
        FineTuningTask.Validate(options, tuned.Inputs.Tokenizer);
        tuning.Validate(tuned.Model.Config);
    }

    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics)
    {
        ReadOnlySpan<int> examples = Examples(batch);
        _sequences.Fill(Encoded, examples, Tuned.IsBothOrders);
        Tensor hidden = Tuned.Model.Hidden(pass, _sequences.Ids, _sequences.Shape);                     // [S, T, C]
        Tensor loss = TaskLoss(pass, Tuned.Scores(hidden, _sequences), examples, out double sum);       // L₂
        statistics = new BatchStatistics(sum, examples.Length, _sequences.Tokens);
        return _languageModelWeight == 0 ? loss : loss + (float)_languageModelWeight * Tuned.Model.LanguageModelLoss(hidden, _sequences.Targets);
    }

    /// <summary>L₂, the mean over the examples.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="scores">The head's scores.</param>
    /// <param name="examples">The examples of the batch.</param>
    /// <param name="sum">The sum of the examples' losses, as it is reported.</param>
    protected abstract Tensor TaskLoss(Pass pass, Tensor scores, ReadOnlySpan<int> examples, out double sum);

    /// <summary>What else of an example changes a run: its class, score or answer.</summary>
    protected abstract ulong HashOfTarget(int example);

    private IEnumerable<ulong> Values()
    {
        for (int example = 0; example < Encoded.Length; example++)
        {
            foreach (int id in Encoded[example].SelectMany(sequence => sequence)) yield return (uint)id;
            yield return HashOfTarget(example);
        }
    }
}
