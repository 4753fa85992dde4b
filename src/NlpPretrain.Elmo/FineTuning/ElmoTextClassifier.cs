using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>A classifier of texts over a pretrained ELMo.</summary>
/// <inheritdoc cref="ElmoTunedModel" path="/remarks"/>
public sealed class ElmoTextClassifier : ElmoTunedModel, ITextClassifier
{
    internal const string TaskName = "text classification";

    private readonly LabelSet _labels;

    internal ElmoTextClassifier(ElmoTuned tuned, LabelSet labels) : base(tuned) => _labels = labels;

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
        ElmoSequence[][] encoded = [.. texts.Select((text, index) => (ElmoSequence[])[Inputs.Text(text, index)])];
        return [.. Predictor.Probabilities(encoded, cancellationToken).Select(probabilities => _labels.Best(probabilities))];
    }

    /// <summary>Every class with its probability, in the order of <see cref="Labels"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> Probabilities(string text) => _labels.All(Predictor.Probabilities([[Inputs.Text(text)]])[0]);

    /// <summary>Reads a classifier from a folder that <see cref="ElmoTunedModel.Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tokenizer">Cuts text to words, as it did in tuning. Default null: the one that the folder has.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="ArgumentException">The folder has no tokenizer, and none is given.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ElmoTextClassifier Load(string folder, IWordTokenizer? tokenizer = null)
    {
        ElmoTunedFolder read = ElmoTunedFiles.Load(folder, tokenizer, TaskName, ElmoHeadKind.Text);
        return new ElmoTextClassifier(read.Tuned, read.Labels!);
    }

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    private protected override ElmoTask Describe() => new(TaskName, nameof(ElmoTextClassifier)) { Labels = Labels };
}
