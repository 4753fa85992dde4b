namespace NlpPretrain.Training;

/// <summary>The classes of a task, each with its index: what fine-tuners of all families share.</summary>
public sealed class LabelSet
{
    private readonly string[] _labels;
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    /// <summary>Numbers the classes in the order given.</summary>
    /// <param name="labels">The classes, at least two, distinct and not empty.</param>
    /// <param name="parameter">Name of the caller's parameter, for exceptions.</param>
    /// <exception cref="ArgumentException">A label is empty or given twice, or there are fewer than two.</exception>
    public LabelSet(IEnumerable<string> labels, string parameter = "labels")
    {
        ArgumentNullException.ThrowIfNull(labels, parameter);
        _labels = [.. labels];
        if (_labels.Length < 2) throw new ArgumentException($"There are {_labels.Length} labels; a task needs at least 2.", parameter);

        for (int index = 0; index < _labels.Length; index++)
        {
            if (string.IsNullOrEmpty(_labels[index])) throw new ArgumentException($"Label {index} is empty; give each label a name.", parameter);
            if (!_indices.TryAdd(_labels[index], index)) throw new ArgumentException($"The label '{_labels[index]}' is given twice; labels must be distinct.", parameter);
        }

        Names = Array.AsReadOnly(_labels);
    }

    /// <summary>The classes, in the order of their indices.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>K, the number of classes.</summary>
    public int Count => _labels.Length;

    /// <summary>The distinct labels in ordinal order, so that the order of the examples does not matter.</summary>
    /// <param name="labels">The labels of examples.</param>
    public static IEnumerable<string> Distinct(IEnumerable<string> labels) =>
        labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The index of an example's label.</summary>
    /// <param name="label">The label.</param>
    /// <param name="example">The example's number, for the exception.</param>
    /// <exception cref="ArgumentException">The label is none of these.</exception>
    public int Require(string? label, int example) => label is not null && _indices.TryGetValue(label, out int index)
        ? index
        : throw new ArgumentException($"Example {example} has the label '{label}', which is none of the {Count} labels of this model ({string.Join(", ", _labels.Take(20))}); " +
            "give the fine-tuner every label when it is constructed.");

    /// <summary>The most probable class; the first of equals.</summary>
    /// <param name="probabilities">One a class.</param>
    public Prediction Best(ReadOnlySpan<double> probabilities)
    {
        int best = 0;
        for (int index = 1; index < probabilities.Length; index++)
        {
            if (probabilities[index] > probabilities[best]) best = index;
        }

        return new Prediction(_labels[best], probabilities[best]);
    }

    /// <summary>Every class with its probability.</summary>
    /// <param name="probabilities">One a class.</param>
    public IReadOnlyList<Prediction> All(ReadOnlySpan<double> probabilities)
    {
        Prediction[] all = new Prediction[_labels.Length];
        for (int index = 0; index < all.Length; index++) all[index] = new Prediction(_labels[index], probabilities[index]);
        return all;
    }
}
