using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Grades how similar two texts are, over a pretrained ELMo.</summary>
/// <remarks>
/// <para>
/// score = m + d·s, with s what the head computes, and m and d the mean and the standard deviation of the scores that it was first tuned on, so that the learning rate means the same on any
/// scale. A pair has the same score in both orders, to the bit.
/// </para>
/// <para>A score is a function of its own pair, to the bit, however many are computed together.</para>
/// </remarks>
public sealed class ElmoSimilarityScorer : ElmoTunedModel, ISimilarityScorer
{
    internal const string TaskName = "similarity";

    internal ElmoSimilarityScorer(ElmoTuned tuned) : base(tuned)
    {
    }

    /// <summary>m and d, or null before the first run.</summary>
    internal ScoreScale? Scale { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public double Score(string first, string second) => Compute([Inputs.Pair(first, second)])[0];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public IReadOnlyList<double> ScoreBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Compute([.. pairs.Select((pair, index) => Inputs.Pair(pair.First, pair.Second, index))], cancellationToken);
    }

    /// <summary>Reads a scorer from a folder that <see cref="ElmoTunedModel.Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tokenizer">Cuts text to words, as it did in tuning. Default null: the one that the folder has.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="ArgumentException">The folder has no tokenizer, and none is given.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ElmoSimilarityScorer Load(string folder, IWordTokenizer? tokenizer = null)
    {
        ElmoTunedFolder read = ElmoTunedFiles.Load(folder, tokenizer, TaskName, ElmoHeadKind.Similarity, outputs: 1);
        return new ElmoSimilarityScorer(read.Tuned) { Scale = read.Scale };
    }

    private protected override ElmoTask Describe() => new(TaskName, nameof(ElmoSimilarityScorer)) { Scale = Scale };

    private double[] Compute(ElmoSequence[][] encoded, CancellationToken cancellationToken = default)
    {
        (double mean, double deviation) = Scale ?? new(0, 1);
        return [.. Predictor.Scores(encoded, cancellationToken).Select(scores => mean + deviation * scores[0])];
    }
}
