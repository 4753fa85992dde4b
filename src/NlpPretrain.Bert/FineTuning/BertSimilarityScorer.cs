using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Grades how similar two texts are, over a fine-tuned BERT: Hugging Face's BertForSequenceClassification with one output.</summary>
/// <remarks>
/// <para>
/// score = m + s·(w·c + b), with c the pooled vector, and m and s the mean and the standard deviation of the scores that it was first tuned on, so that the learning rate means the same on any
/// scale. Hugging Face's library, which knows neither, gives (score − m)/s for such a folder; task.json has both.
/// </para>
/// <para>A score is a function of its own pair, to the bit, however many are computed together.</para>
/// </remarks>
public sealed class BertSimilarityScorer : BertTunedModel, ISimilarityScorer
{
    internal const string TaskName = "similarity";

    internal BertSimilarityScorer(BertTuned tuned) : base(tuned)
    {
    }

    /// <summary>m and s, or null before the first run.</summary>
    internal ScoreScale? Scale { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public double Score(string first, string second) => Compute([[Inputs.Pair(first, second)]])[0];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<double> ScoreBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Compute([.. pairs.Select((pair, index) => (BertSequence[])[Inputs.Pair(pair.First, pair.Second, index)])], cancellationToken);
    }

    /// <summary>Reads a scorer from a folder that <see cref="BertTunedModel.Save"/> or Hugging Face's library wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static BertSimilarityScorer Load(string folder)
    {
        BertTunedFolder read = BertTunedFiles.Load(folder, TaskName, BertTask.SequenceClassification, static _ => BertHeadForm.Pooled(1), hasLabels: false);
        return new BertSimilarityScorer(read.Tuned) { Scale = read.Scale };
    }

    private protected override BertTask Describe() => new(TaskName, BertTask.SequenceClassification) { Scale = Scale };

    private double[] Compute(BertSequence[][] encoded, CancellationToken cancellationToken = default)
    {
        (double mean, double deviation) = Scale ?? new(0, 1);
        return [.. Predictor.Scores(encoded, cancellationToken).Select(scores => mean + deviation * scores[0])];
    }
}
