using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Tags the words of a sentence, over a fine-tuned BERT: Hugging Face's BertForTokenClassification.</summary>
/// <inheritdoc cref="BertTunedModel" path="/remarks"/>
public sealed class BertTagger : BertTunedModel, ITagger
{
    internal const string TaskName = "tagging";

    private readonly LabelSet _labels;

    internal BertTagger(BertTuned tuned, LabelSet labels) : base(tuned) => _labels = labels;

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
        BertSequence[][] encoded = [.. sentences.Select((words, index) => Encode(words, FormattableString.Invariant($"sentence {index}")))];
        return [.. Compute(encoded, cancellationToken).Select(predictions => (string[])[.. predictions.Select(static prediction => prediction.Label)])];
    }

    /// <summary>Reads a tagger from a folder that <see cref="BertTunedModel.Save"/> or Hugging Face's library wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static BertTagger Load(string folder)
    {
        BertTunedFolder read = BertTunedFiles.Load(folder, TaskName, BertTask.TokenClassification, BertHeadForm.Words, hasLabels: true);
        return new BertTagger(read.Tuned, read.Labels!);
    }

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    private protected override BertTask Describe() => new(TaskName, BertTask.TokenClassification) { Labels = Labels };

    private BertSequence[] Encode(IReadOnlyList<string>? words, string sentence)
    {
        ArgumentNullException.ThrowIfNull(words);
        return Inputs.Words(words, sentence, nameof(words));
    }

    /// <summary>The parts of all sentences together; sentences without a word have no tags.</summary>
    private Prediction[][] Compute(BertSequence[][] sentences, CancellationToken cancellationToken)
    {
        float[][] scores = Predictor.Scores([.. sentences.SelectMany(parts => parts).Select(part => (BertSequence[])[part])], cancellationToken);
        int next = 0;
        return [.. sentences.Select(parts => (Prediction[])[.. parts.SelectMany(_ => scores[next++].Chunk(_labels.Count)).Select(row => _labels.Best(Softmax.Probabilities(row)))])];
    }
}
