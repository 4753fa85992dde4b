using NlpPretrain.Tensors;

namespace NlpPretrain.Serialization;

/// <summary>Gives one row of a tensor that is being written: its last dimension, at one place in all the others.</summary>
/// <param name="row">Number of the row, counted from 0 in row-major order.</param>
/// <returns>The row, as long as the last dimension. It is used before the next row is asked for, so its memory may be used again.</returns>
public delegate ReadOnlySpan<float> RowSource(long row);

/// <summary>A tensor to be written: its name, its shape, and where its rows come from. It holds no copy of the values.</summary>
public sealed class SafeTensor
{
    private readonly RowSource _rows;

    private SafeTensor(string name, ReadOnlySpan<long> shape, RowSource rows)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Name, Shape, _rows) = (name, Array.AsReadOnly(shape.ToArray()), rows);

        long count = 1;
        foreach (long size in shape)
        {
            if (size < 0) throw new ArgumentException($"Tensor '{name}' has a dimension of {size}; the least is 0.", nameof(shape));
            if (!SafeTensorsHeader.TryMultiply(count, size, out count)) throw TooLarge(name, shape);
        }

        if (count > long.MaxValue / sizeof(float)) throw TooLarge(name, shape);
        (Count, RowLength) = (count, shape.IsEmpty ? 1 : shape[^1]);
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The size of each dimension; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    internal long RowLength { get; }

    internal long RowCount => Count == 0 ? 0 : Count / RowLength;

    /// <summary>The rows of a matrix, without their padding.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="matrix">The matrix, [rows, columns].</param>
    public static SafeTensor FromMatrix(string name, Matrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return new SafeTensor(name, [matrix.Rows, matrix.Columns], row => matrix[(int)row]);
    }

    /// <summary>Values that lie in one piece of memory.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="values">The values in row-major order.</param>
    /// <param name="shape">The size of each dimension; none for a scalar.</param>
    /// <exception cref="ArgumentException">A size is negative, or the shape has another number of elements.</exception>
    public static SafeTensor FromValues(string name, ReadOnlyMemory<float> values, params ReadOnlySpan<long> shape)
    {
        long rowLength = shape.IsEmpty ? 1 : shape[^1];
        var tensor = new SafeTensor(name, shape, row => values.Span.Slice((int)(row * rowLength), (int)rowLength));
        if (tensor.Count != values.Length)
        {
            throw new ArgumentException(
                $"Tensor '{name}' has the shape {SafeTensorsHeader.Describe(shape)}, which is {tensor.Count} elements; {values.Length} were given.",
                nameof(values));
        }

        return tensor;
    }

    /// <summary>Rows that are made or found one at a time: a tensor of any size.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The size of each dimension; none for a scalar, which has one row of one value.</param>
    /// <param name="rows">Gives each row once, in order.</param>
    /// <exception cref="ArgumentException">A size is negative, or the shape is larger than a file can be.</exception>
    public static SafeTensor FromRows(string name, ReadOnlySpan<long> shape, RowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new SafeTensor(name, shape, rows);
    }

    internal ReadOnlySpan<float> Row(long row)
    {
        ReadOnlySpan<float> values = _rows(row);
        if (values.Length == RowLength) return values;
        throw new InvalidOperationException(
            $"Row {row} of tensor '{Name}' has {values.Length} values; its shape says {RowLength} (SafeTensor.FromRows).");
    }

    private static ArgumentException TooLarge(string name, ReadOnlySpan<long> shape) =>
        new($"Tensor '{name}' of the shape {SafeTensorsHeader.Describe(shape)} is larger than a file can be.", nameof(shape));
}
