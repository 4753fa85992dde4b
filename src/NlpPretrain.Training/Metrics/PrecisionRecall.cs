namespace NlpPretrain.Training;

/// <summary>How well one class, or all entities together, were found.</summary>
/// <param name="TruePositives">Found and right.</param>
/// <param name="FalsePositives">Found and wrong.</param>
/// <param name="FalseNegatives">There and not found.</param>
public readonly record struct PrecisionRecall(long TruePositives, long FalsePositives, long FalseNegatives)
{
    /// <summary>The part of the found that is right, from 0 to 1; 0 where nothing was found.</summary>
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>The part of what is there that was found, from 0 to 1; 0 where nothing is there.</summary>
    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>The harmonic mean of precision and recall, from 0 to 1; 0 where either is 0.</summary>
    public double F1 => Ratio(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
