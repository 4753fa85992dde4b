namespace NlpPretrain.Training;

/// <summary>Scores compared with human judgements.</summary>
/// <param name="Count">Number of pairs.</param>
/// <param name="Pearson">See <see cref="Correlations.Pearson"/>; not a number where all scores are equal.</param>
/// <param name="Spearman">See <see cref="Correlations.Spearman"/>; not a number where all scores are equal.</param>
public sealed record SimilarityReport(int Count, double Pearson, double Spearman);

/// <summary>Choices compared with the right ones.</summary>
/// <param name="Count">Number of questions.</param>
/// <param name="Correct">Number of right choices.</param>
public sealed record ChoiceReport(int Count, int Correct)
{
    /// <summary>The part of the choices that is right, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;
}

/// <summary>Predicted tags compared with the right ones.</summary>
/// <param name="Words">Word by word.</param>
/// <param name="Entities">Entity by entity; null where the right tags are not all "O", "B-TYPE" and "I-TYPE", as parts of speech are not.</param>
public sealed record TaggingReport(ClassificationReport Words, EntityReport? Entities);
