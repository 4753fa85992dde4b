using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>A classifier of pairs of texts over a fine-tuned BERT: Hugging Face's BertForSequenceClassification.</summary>
/// <inheritdoc cref="BertTunedModel" path="/remarks"/>
public sealed class BertPairClassifier : BertTunedModel, IPairClassifier
{
    internal const string TaskName = "pair classification";

    private readonly LabelSet _labels;

    internal BertPairClassifier(BertTuned tuned, LabelSet labels) : base(tuned) => _labels = labels;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public Prediction Classify(string first, string second) => _labels.Best(Predictor.Probabilities([[Inputs.Pair(first, second)]])[0]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> ClassifyBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        BertSequence[][] encoded = [.. pairs.Select((pair, index) => (BertSequence[])[Inputs.Pair(pair.First, pair.Second, index)])];
        return [.. Predictor.Probabilities(encoded, cancellationToken).Select(probabilities => _labels.Best(probabilities))];
    }

    /// <summary>Every class with its probability, in the order of <see cref="Labels"/>.</summary>
    /// <param name="first">The premise, or the first text.</param>
    /// <param name="second">The hypothesis, or the second text.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> Probabilities(string first, string second) => _labels.All(Predictor.Probabilities([[Inputs.Pair(first, second)]])[0]);

    /// <summary>Reads a classifier from a folder that <see cref="BertTunedModel.Save"/> or Hugging Face's library wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static BertPairClassifier Load(string folder)
    {
        BertTunedFolder read = BertTunedFiles.Load(folder, TaskName, BertTask.SequenceClassification, BertHeadForm.Pooled, hasLabels: true);
        return new BertPairClassifier(read.Tuned, read.Labels!);
    }

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    private protected override BertTask Describe() => new(TaskName, BertTask.SequenceClassification) { Labels = Labels };
}
