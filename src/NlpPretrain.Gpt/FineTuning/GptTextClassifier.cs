using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>A text classifier over a fine-tuned GPT. Safe for use from several threads while it is not trained.</summary>
/// <remarks>A prediction is a function of its own input, to the bit, however many are computed together.</remarks>
public sealed class GptTextClassifier : ITextClassifier
{
    private const string TaskName = "text classification";

    private readonly LabelSet _labels;

    internal GptTextClassifier(GptTuned tuned, LabelSet labels) => (Tuned, _labels) = (tuned, labels);

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    /// <summary>The tuned model; its three last tokens are start, delimiter and extract.</summary>
    public GptModel Model => Tuned.Model;

    internal GptTuned Tuned { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public Prediction Classify(string text) => _labels.Best(Tuned.Predictor.Probabilities([[Tuned.Inputs.Text(text)]])[0]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> ClassifyBatch(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int[][][] encoded = [.. texts.Index().Select(text => (int[][])[Tuned.Inputs.Text(text.Item, text.Index)])];
        return [.. Tuned.Predictor.Probabilities(encoded, cancellationToken).Select(probabilities => _labels.Best(probabilities))];
    }

    /// <summary>Every class with its probability, in the order of <see cref="Labels"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> Probabilities(string text) => _labels.All(Tuned.Predictor.Probabilities([[Tuned.Inputs.Text(text)]])[0]);

    /// <summary>Writes the tuned model to a folder: that of <see cref="GptModel.Save"/> with task.json, head.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => GptTunedFiles.Save(folder, Tuned, TaskName, Labels);

    /// <summary>Reads a tuned model from the folder that <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static GptTextClassifier Load(string folder)
    {
        (GptTuned tuned, GptTaskFile task) = GptTunedFiles.Load(folder, TaskName, outputs: null, hasBias: true);
        return new GptTextClassifier(tuned, new LabelSet(task.Labels));
    }

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);
}
