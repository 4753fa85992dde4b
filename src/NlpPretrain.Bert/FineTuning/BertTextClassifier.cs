using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>A classifier of texts over a fine-tuned BERT: Hugging Face's BertForSequenceClassification.</summary>
/// <inheritdoc cref="BertTunedModel" path="/remarks"/>
public sealed class BertTextClassifier : BertTunedModel, ITextClassifier
{
    internal const string TaskName = "text classification";

    private readonly LabelSet _labels;

    internal BertTextClassifier(BertTuned tuned, LabelSet labels) : base(tuned) => _labels = labels;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public Prediction Classify(string text) => _labels.Best(Predictor.Probabilities([[Inputs.Text(text)]])[0]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> ClassifyBatch(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        BertSequence[][] encoded = [.. texts.Select((text, index) => (BertSequence[])[Inputs.Text(text, index)])];
        return [.. Predictor.Probabilities(encoded, cancellationToken).Select(probabilities => _labels.Best(probabilities))];
    }

    /// <summary>Every class with its probability, in the order of <see cref="Labels"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> Probabilities(string text) => _labels.All(Predictor.Probabilities([[Inputs.Text(text)]])[0]);

    /// <summary>Reads a classifier from a folder that <see cref="BertTunedModel.Save"/> or Hugging Face's library wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static BertTextClassifier Load(string folder)
    {
        BertTunedFolder read = BertTunedFiles.Load(folder, TaskName, BertTask.SequenceClassification, BertHeadForm.Pooled, hasLabels: true);
        return new BertTextClassifier(read.Tuned, read.Labels!);
    }

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    private protected override BertTask Describe() => new(TaskName, BertTask.SequenceClassification) { Labels = Labels };
}
