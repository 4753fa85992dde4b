using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>The examples of one run, and their loss: L₃ = L₂ + λ·L₁, the task's loss and the language model's on the same texts.</summary>
/// <remarks>
/// Source: Radford et al. 2018, section 3.2, eq. 3 to 5, and section 4.1 for the defaults. Differs: L₂ and L₁ are means, over examples and over tokens. What is reported is L₂.
/// </remarks>
internal abstract class GptFineTuningTask : TrainingTask
{
    public const int DefaultBatchSize = 32;

    private const ulong HashStart = 0xCBF29CE484222325, HashFactor = 0x100000001B3;

    private readonly double _languageModelWeight;
    private readonly LengthBatches _batches;
    private readonly SequenceBatch _sequences;
    private readonly int _batchSize;

    protected GptFineTuningTask(GptTuned tuned, int[][][] encoded, GptTuningOptions tuning, TrainingOptions options)
    {
        (Tuned, Encoded, _languageModelWeight, _batchSize) = (tuned, encoded, tuning.LanguageModelWeight, options.BatchSize ?? DefaultBatchSize);
        _batches = new LengthBatches([.. encoded.Select(sequences => sequences.Max(sequence => sequence.Length))], _batchSize, options.Seed);
        _sequences = new SequenceBatch(tuned.Inputs.Extract);
        Parameters = [.. tuned.Parameters.Where(parameter => _languageModelWeight > 0 || parameter.Name != "lm_head.weight")];
    }

    /// <summary>All weights; a projection of its own to the vocabulary has a use with the language model's loss only.</summary>
    public override IReadOnlyList<Parameter> Parameters { get; }

    public override TrainingDefaults Defaults { get; } = new() { Epochs = 3, LearningRate = 6.25e-5, Schedule = static _ => LearningRateSchedules.Linear(warmUp: 0.002) };

    public override long BatchesPerEpoch => _batches.Count;

    public override string Identity => FormattableString.Invariant(
        $"{GetType().Name}, {Tuned.Model.Config}, classifier dropout {Tuned.Head.Dropout}, λ {_languageModelWeight}, batches of {_batchSize}, {Encoded.Length} examples with the hash {HashOfExamples():x16}");

    protected GptTuned Tuned { get; }

    /// <summary>The sequences of each example.</summary>
    protected int[][][] Encoded { get; }

    /// <summary>Checks the options of a run, and refuses by name those that fine-tuning has no use for.</summary>
    public static void Validate(GptTuned tuned, GptTuningOptions tuning, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(tuning);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Evaluation is not null) throw Unsupported(nameof(options.Evaluation), "set");
        if (options.EvaluationInterval is { } interval) throw Unsupported(nameof(options.EvaluationInterval), interval);
        options.Validate();
        tuning.Validate(tuned.Model.Config);
        if (options.CheckpointFolder is not null) TokenizerFolder.RequireSavable(tuned.Inputs.Tokenizer);

        static ArgumentException Unsupported(string option, object given) =>
            new(FormattableString.Invariant($"{option} is {given}; fine-tuning has no held-out text: evaluate between two steps (TrainingOptions.{option})."));
    }

    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics)
    {
        ReadOnlySpan<int> examples = _batches[batch];
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

    private ulong HashOfExamples()
    {
        ulong hash = HashStart;
        for (int example = 0; example < Encoded.Length; example++)
        {
            foreach (int[] sequence in Encoded[example])
            {
                foreach (int id in sequence) hash = (hash ^ (uint)id) * HashFactor;
            }

            hash = (hash ^ HashOfTarget(example)) * HashFactor;
        }

        return hash;
    }
}
