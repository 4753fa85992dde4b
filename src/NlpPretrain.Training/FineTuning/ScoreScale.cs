using NlpPretrain.Serialization;
using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>The mean and the standard deviation of the scores that a model of similarity was first tuned on: it computes in deviations from the mean, so that a learning rate means the same on any scale.</summary>
internal readonly record struct ScoreScale(double Mean, double Deviation)
{
    private const double Limit = 1e30;

    /// <summary>The scale of some examples, which have finite scores; where all have the same, the deviation is 1.</summary>
    public static ScoreScale Of(IReadOnlyList<ScoredPairExample> examples)
    {
        double mean = 0, squares = 0;
        for (int index = 0; index < examples.Count; index++) mean += Require(examples[index].Score, index) / examples.Count;
        foreach (ScoredPairExample example in examples) squares += (example.Score - mean) * (example.Score - mean) / examples.Count;
        return new(mean, squares > 0 ? Math.Sqrt(squares) : 1);
    }

    /// <summary>What a model is trained to compute for each example.</summary>
    public float[] Targets(IReadOnlyList<ScoredPairExample> examples)
    {
        float[] targets = new float[examples.Count];
        for (int index = 0; index < targets.Length; index++) targets[index] = (float)((Require(examples[index].Score, index) - Mean) / Deviation);
        return targets;
    }

    /// <summary>The scale that a file of a tuned model has, or null where it has none.</summary>
    /// <exception cref="ModelFormatException">The fields score_mean and score_deviation are no scale.</exception>
    public static ScoreScale? Read(string path, double? mean, double? deviation)
    {
        if (deviation is { } given && !(given > 0 && double.IsFinite(given)))
            throw new ModelFormatException(path, "score_deviation", "a number above 0", FormattableString.Invariant($"{given}"));
        if (mean.HasValue != deviation.HasValue || (mean is { } value && !double.IsFinite(value)))
            throw new ModelFormatException(path, "score_mean", "a number, together with score_deviation", FormattableString.Invariant($"{mean}"));
        return mean is null ? null : new(mean.Value, deviation!.Value);
    }

    private static double Require(double score, int example) => Math.Abs(score) <= Limit
        ? score
        : throw new ArgumentException(FormattableString.Invariant($"Example {example} has the score {score}; a score must be finite and within ±{Limit} (ScoredPairExample.Score)."));
}
