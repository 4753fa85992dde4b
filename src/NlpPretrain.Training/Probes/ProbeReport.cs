namespace NlpPretrain.Training;

/// <summary>How well a probe tells two classes of vectors apart that it was not fitted to.</summary>
/// <param name="Count">Vectors, each predicted once.</param>
/// <param name="Accuracy">Part of them that is predicted right, 0 to 1.</param>
/// <param name="MajorityAccuracy">The accuracy of always saying the class with the most vectors.</param>
/// <param name="Auc">
/// Area under the curve of true over false positives: the chance that of a vector of each class the right one has the higher score, where equal ones count half. 0.5 is chance;
/// the mean over the folds.
/// </param>
public sealed record ProbeReport(int Count, double Accuracy, double MajorityAccuracy, double Auc);
