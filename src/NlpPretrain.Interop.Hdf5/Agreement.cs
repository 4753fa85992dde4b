using NlpPretrain.Serialization;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>Finds out that a file has the datasets that a model needs, before memory is taken for them.</summary>
internal static class Agreement
{
    /// <param name="reader">The file.</param>
    /// <param name="datasets">What the model needs.</param>
    /// <param name="options">The name of the options that say so.</param>
    /// <param name="isOfModel">Whether a dataset of this name belongs to a model's, so that one too many is an error.</param>
    /// <exception cref="ModelFormatException">They disagree: all that does is named.</exception>
    internal static void Require(Hdf5Reader reader, IReadOnlyList<BilmTfDataset> datasets, string options, Predicate<string> isOfModel)
    {
        List<string> disagreements = [];
        foreach (BilmTfDataset dataset in datasets)
        {
            if (DisagreementOf(reader, dataset) is { } disagreement) disagreements.Add(disagreement);
        }

        HashSet<string> expected = [.. datasets.Select(dataset => dataset.Name)];
        disagreements.AddRange(reader.Names.Where(name => isOfModel(name) && !expected.Contains(name)).Select(name => $"{name}, which no layer has"));
        if (disagreements.Count > 0) throw new ModelFormatException(reader.Path, "weights", $"those that {options} describes", string.Join("; ", disagreements));

        long bytes = datasets.Sum(dataset => sizeof(float) * dataset.Size);
        if (bytes > reader.Length)
            throw new ModelFormatException(reader.Path, "length", FormattableString.Invariant($"at least the {bytes} bytes of its values"), FormattableString.Invariant($"{reader.Length}"));
    }

    internal static string Describe<T>(IEnumerable<T> shape) => $"[{string.Join(", ", shape)}]";

    private static string? DisagreementOf(Hdf5Reader reader, BilmTfDataset dataset)
    {
        if (reader.ShapeOf(dataset.Name) is not { } found) return $"no {dataset.Name}, expected {Describe(dataset.Shape)}";
        if (!found.SequenceEqual(dataset.Shape.Select(axis => (ulong)axis))) return $"{dataset.Name} of {Describe(found)}, expected {Describe(dataset.Shape)}";
        if (sizeof(float) * dataset.Size > reader.Length || dataset.Size > Array.MaxLength)
            return FormattableString.Invariant($"{dataset.Name} of {Describe(found)}, which are more values than the file of {reader.Length} bytes has");
        return reader.ObstacleOf(dataset.Name);
    }
}
