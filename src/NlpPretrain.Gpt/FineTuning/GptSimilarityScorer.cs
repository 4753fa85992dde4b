using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Grades how similar two texts are, over a fine-tuned GPT. Safe for use from several threads while it is not trained.</summary>
/// <remarks>
/// score = m + s·(w·(h(a, b) + h(b, a)) + b), with h the vector of the extract token, and m and s the mean and the standard deviation of the scores that it was first tuned on,
/// so that the learning rate means the same on any scale. It gives either order of two texts the same score, to the bit, however many are computed together.
/// </remarks>
public sealed class GptSimilarityScorer : ISimilarityScorer
{
    private const string TaskName = "similarity";

    internal GptSimilarityScorer(GptTuned tuned) => Tuned = tuned;

    /// <summary>The tuned model; its three last tokens are start, delimiter and extract.</summary>
    public GptModel Model => Tuned.Model;

    internal GptTuned Tuned { get; }

    /// <summary>m and s, or null before the first run.</summary>
    internal ScoreScale? Scale { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public double Score(string first, string second) => Compute([Tuned.EncodePair(first, second)])[0];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<double> ScoreBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Compute([.. pairs.Index().Select(pair => Tuned.EncodePair(pair.Item.First, pair.Item.Second, pair.Index))], cancellationToken);
    }

    /// <summary>Writes the tuned model to a folder: that of <see cref="GptModel.Save"/> with task.json, head.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => GptTunedFiles.Save(folder, Tuned, TaskName, scale: Scale);

    /// <summary>Reads a tuned model from the folder that <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static GptSimilarityScorer Load(string folder)
    {
        (GptTuned tuned, GptTaskFile task) = GptTunedFiles.Load(folder, TaskName, outputs: 1, hasBias: true);
        return new GptSimilarityScorer(tuned) { Scale = ScoreScale.Read(folder, task.ScoreMean, task.ScoreDeviation) };
    }

    private double[] Compute(int[][][] encoded, CancellationToken cancellationToken = default)
    {
        (double mean, double deviation) = Scale ?? new(0, 1);
        return [.. Tuned.Predictor.Scores(encoded, cancellationToken).Select(scores => mean + deviation * scores[0])];
    }
}
