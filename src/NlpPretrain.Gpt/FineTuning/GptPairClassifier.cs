using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>A classifier of pairs of texts over a fine-tuned GPT. Safe for use from several threads while it is not trained.</summary>
/// <remarks>A prediction is a function of its own input, to the bit, however many are computed together.</remarks>
public sealed class GptPairClassifier : IPairClassifier
{
    private const string TaskName = "pair classification";

    private readonly LabelSet _labels;

    internal GptPairClassifier(GptTuned tuned, LabelSet labels) => (Tuned, _labels) = (tuned, labels);

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    /// <summary>The tuned model; its three last tokens are start, delimiter and extract.</summary>
    public GptModel Model => Tuned.Model;

    internal GptTuned Tuned { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public Prediction Classify(string first, string second) => _labels.Best(Tuned.Predictor.Probabilities([Tuned.EncodePair(first, second)])[0]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> ClassifyBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        int[][][] encoded = [.. pairs.Index().Select(pair => Tuned.EncodePair(pair.Item.First, pair.Item.Second, pair.Index))];
        return [.. Tuned.Predictor.Probabilities(encoded, cancellationToken).Select(probabilities => _labels.Best(probabilities))];
    }

    /// <summary>Every class with its probability, in the order of <see cref="Labels"/>.</summary>
    /// <param name="first">The premise, or the first text.</param>
    /// <param name="second">The hypothesis, or the second text.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> Probabilities(string first, string second) => _labels.All(Tuned.Predictor.Probabilities([Tuned.EncodePair(first, second)])[0]);

    /// <summary>Writes the tuned model to a folder: that of <see cref="GptModel.Save"/> with task.json, head.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => GptTunedFiles.Save(folder, Tuned, TaskName, Labels);

    /// <summary>Reads a tuned model from the folder that <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static GptPairClassifier Load(string folder)
    {
        (GptTuned tuned, GptTaskFile task) = GptTunedFiles.Load(folder, TaskName, outputs: null, hasBias: true);
        return new GptPairClassifier(tuned, new LabelSet(task.Labels));
    }

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);
}
