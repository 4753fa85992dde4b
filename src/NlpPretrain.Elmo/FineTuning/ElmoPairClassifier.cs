using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>A classifier of pairs of texts over a pretrained ELMo.</summary>
/// <inheritdoc cref="ElmoTunedModel" path="/remarks"/>
public sealed class ElmoPairClassifier : ElmoTunedModel, IPairClassifier
{
    internal const string TaskName = "pair classification";

    private readonly LabelSet _labels;

    internal ElmoPairClassifier(ElmoTuned tuned, LabelSet labels) : base(tuned) => _labels = labels;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public Prediction Classify(string first, string second) => _labels.Best(Predictor.Probabilities([Inputs.Pair(first, second)])[0]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> ClassifyBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ElmoSequence[][] encoded = [.. pairs.Select((pair, index) => Inputs.Pair(pair.First, pair.Second, index))];
        return [.. Predictor.Probabilities(encoded, cancellationToken).Select(probabilities => _labels.Best(probabilities))];
    }

    /// <summary>Every class with its probability, in the order of <see cref="Labels"/>.</summary>
    /// <param name="first">The premise, or the first text.</param>
    /// <param name="second">The hypothesis, or the second text.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<Prediction> Probabilities(string first, string second) => _labels.All(Predictor.Probabilities([Inputs.Pair(first, second)])[0]);

    /// <summary>Reads a classifier from a folder that <see cref="ElmoTunedModel.Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tokenizer">Cuts text to words, as it did in tuning. Default null: the one that the folder has.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="ArgumentException">The folder has no tokenizer, and none is given.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ElmoPairClassifier Load(string folder, IWordTokenizer? tokenizer = null)
    {
        ElmoTunedFolder read = ElmoTunedFiles.Load(folder, tokenizer, TaskName, ElmoHeadKind.Pair);
        return new ElmoPairClassifier(read.Tuned, read.Labels!);
    }

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    private protected override ElmoTask Describe() => new(TaskName, nameof(ElmoPairClassifier)) { Labels = Labels };
}
