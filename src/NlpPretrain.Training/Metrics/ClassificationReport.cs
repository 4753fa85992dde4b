namespace NlpPretrain.Training;

/// <summary>Predicted classes compared with the right ones.</summary>
public sealed class ClassificationReport
{
    private readonly SortedDictionary<string, PrecisionRecall> _byLabel = new(StringComparer.Ordinal);

    private ClassificationReport(IReadOnlyList<string> expected, IReadOnlyList<string> predicted)
    {
        Count = expected.Count;
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i] == predicted[i])
            {
                Correct++;
                _byLabel[expected[i]] = At(expected[i]) with { TruePositives = At(expected[i]).TruePositives + 1 };
            }
            else
            {
                _byLabel[expected[i]] = At(expected[i]) with { FalseNegatives = At(expected[i]).FalseNegatives + 1 };
                _byLabel[predicted[i]] = At(predicted[i]) with { FalsePositives = At(predicted[i]).FalsePositives + 1 };
            }
        }

        Labels = Array.AsReadOnly([.. _byLabel.Keys]);
    }

    /// <summary>Number of predictions.</summary>
    public int Count { get; }

    /// <summary>Number of right ones.</summary>
    public int Correct { get; private init; }

    /// <summary>The part of the predictions that is right, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>The classes that are right or were predicted somewhere, in ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Mean of the classes' precisions, each class counting the same.</summary>
    public double MacroPrecision => _byLabel.Values.Average(label => label.Precision);

    /// <summary>Mean of the classes' recalls, each class counting the same.</summary>
    public double MacroRecall => _byLabel.Values.Average(label => label.Recall);

    /// <summary>Mean of the classes' F1, each class counting the same.</summary>
    public double MacroF1 => _byLabel.Values.Average(label => label.F1);

    /// <summary>The Matthews correlation of the predicted and the right classes, from −1 to 1; 0 where one side has a single class.</summary>
    /// <remarks>
    /// <para>(c·s − Σₖ pₖ·tₖ) / √((s² − Σₖ pₖ²)·(s² − Σₖ tₖ²)), with c right ones among s, and class k predicted pₖ times and right tₖ times.</para>
    /// <para>Source: Matthews 1975 for two classes; Gorodkin 2004 for more.</para>
    /// </remarks>
    public double MatthewsCorrelation
    {
        get
        {
            long both = 0, predictedSquares = 0, expectedSquares = 0, total = (long)Count * Count;
            foreach (PrecisionRecall label in _byLabel.Values)
            {
                long predicted = label.TruePositives + label.FalsePositives, expected = label.TruePositives + label.FalseNegatives;
                both += predicted * expected;
                predictedSquares += predicted * predicted;
                expectedSquares += expected * expected;
            }

            double spread = Math.Sqrt((double)(total - predictedSquares) * (total - expectedSquares));
            return spread == 0 ? 0 : ((long)Correct * Count - both) / spread;
        }
    }

    /// <summary>How well one class was found. For two classes, the positive one's F1 is the binary F1.</summary>
    /// <param name="label">A class; one that does not occur has all counts 0.</param>
    public PrecisionRecall this[string label] => At(label);

    /// <summary>Compares predictions with the right classes.</summary>
    /// <param name="expected">The right classes, at least one.</param>
    /// <param name="predicted">The predicted classes, as many.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static ClassificationReport Compare(IReadOnlyList<string> expected, IReadOnlyList<string> predicted)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(predicted);
        if (expected.Count != predicted.Count) throw new ArgumentException($"There are {predicted.Count} predictions for {expected.Count} right classes; give one each.", nameof(predicted));
        if (expected.Count == 0) throw new ArgumentException("There is nothing to compare; give at least one.", nameof(expected));
        return new ClassificationReport(expected, predicted);
    }

    private PrecisionRecall At(string label) => _byLabel.GetValueOrDefault(label);
}
