using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Tags the words of a sentence, over a pretrained ELMo.</summary>
/// <inheritdoc cref="ElmoTunedModel" path="/remarks"/>
public sealed class ElmoTagger : ElmoTunedModel, ITagger
{
    internal const string TaskName = "tagging";

    private readonly LabelSet _labels;

    internal ElmoTagger(ElmoTuned tuned, LabelSet labels) : base(tuned) => _labels = labels;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A word is null or empty.</exception>
    public IReadOnlyList<string> Tag(IReadOnlyList<string> words) => [.. Predict(words).Select(static prediction => prediction.Label)];

    /// <summary>The most probable tag of each word, with its probability.</summary>
    /// <param name="words">The words of the sentence.</param>
    /// <exception cref="ArgumentException">A word is null or empty.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return Compute([Encode(words, "the sentence")], default)[0];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A word is null or empty.</exception>
    public IReadOnlyList<IReadOnlyList<string>> TagBatch(IReadOnlyList<IReadOnlyList<string>> sentences, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ElmoSequence[][] encoded = [.. sentences.Select((words, index) => Encode(words, FormattableString.Invariant($"sentence {index}")))];
        return [.. Compute(encoded, cancellationToken).Select(predictions => (string[])[.. predictions.Select(static prediction => prediction.Label)])];
    }

    /// <summary>Reads a tagger from a folder that <see cref="ElmoTunedModel.Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tokenizer">Folds words, as it did in tuning. Default null: the one that the folder has.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="ArgumentException">The folder has no tokenizer, and none is given.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ElmoTagger Load(string folder, IWordTokenizer? tokenizer = null)
    {
        ElmoTunedFolder read = ElmoTunedFiles.Load(folder, tokenizer, TaskName, ElmoHeadKind.Words);
        return new ElmoTagger(read.Tuned, read.Labels!);
    }

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    private protected override ElmoTask Describe() => new(TaskName, nameof(ElmoTagger)) { Labels = Labels };

    private ElmoSequence[] Encode(IReadOnlyList<string>? words, string sentence)
    {
        ArgumentNullException.ThrowIfNull(words);
        return Inputs.Words(words, sentence, nameof(words));
    }

    /// <summary>The parts of all sentences together; sentences without a word have no tags.</summary>
    private Prediction[][] Compute(ElmoSequence[][] sentences, CancellationToken cancellationToken)
    {
        float[][] scores = Predictor.Scores([.. sentences.SelectMany(parts => parts).Select(part => (ElmoSequence[])[part])], cancellationToken);
        int next = 0;
        return [.. sentences.Select(parts => (Prediction[])[.. parts.SelectMany(_ => scores[next++].Chunk(_labels.Count)).Select(row => _labels.Best(Softmax.Probabilities(row)))])];
    }
}
