namespace NlpPretrain.Tensors;

/// <summary>Checks of whole numbers that name places of a tensor, before anything is computed with them.</summary>
internal static class RowIndices
{
    internal static void CheckRows(ReadOnlySpan<int> rows, Shape shape)
    {
        if (rows.IsEmpty) throw new ArgumentException("No rows were given; a tensor has at least one.", nameof(rows));
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)shape.Rows)
                throw new ArgumentOutOfRangeException(nameof(rows), rows[i], $"Row {rows[i]}, at place {i}, is not in a tensor {shape}, whose rows are 0 to {shape.Rows - 1}.");
        }
    }

    /// <summary>Checks that a shape is [B, T, C] and that the lengths are B numbers from <paramref name="least"/> to T.</summary>
    internal static void CheckLengths(ReadOnlySpan<int> lengths, Shape shape, int least)
    {
        if (shape.Rank != 3) throw new ArgumentException($"A batch of sequences has the shape [B, T, C]; this tensor is {shape}. Reshape it first.");
        if (lengths.Length != shape[0])
            throw new ArgumentException($"{lengths.Length} lengths were given for the {shape[0]} sequences of {shape}; each sequence has one.", nameof(lengths));
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < least || lengths[i] > shape[1])
                throw new ArgumentOutOfRangeException(nameof(lengths), lengths[i], $"Length {lengths[i]}, of sequence {i}, is not one from {least} to {shape[1]}, the time of {shape}.");
        }
    }
}
