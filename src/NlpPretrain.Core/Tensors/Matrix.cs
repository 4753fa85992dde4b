using System.Runtime.InteropServices;

namespace NlpPretrain.Tensors;

/// <summary>A table of <see cref="float"/> rows, each aligned to 64 bytes and padded with zeros to a multiple of 16 values.</summary>
/// <remarks>
/// Rows are what a lookup touches, so each starts on a cache line and needs no remainder loop. The padding is part of no row that
/// <see cref="this[int]"/> returns, stays zero, and adds nothing to a dot product.
/// </remarks>
public sealed unsafe class Matrix
{
    /// <summary>The number of <see cref="float"/> values that a row is padded to a multiple of: one cache line.</summary>
    public const int RowAlignment = 16;

    private readonly float[] _values;

    /// <summary>Creates a matrix of zeros.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or the matrix is larger than one array can be.</exception>
    public Matrix(int rows, int columns)
        : this(rows, columns, isCleared: true)
    {
    }

    private Matrix(int rows, int columns, bool isCleared)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        (Rows, Columns) = (rows, columns);
        Stride = checked(columns + (RowAlignment - 1)) / RowAlignment * RowAlignment;

        long length = (long)rows * Stride + RowAlignment;
        if (length > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(rows), rows,
                $"A matrix of {rows} x {columns} needs {length} values; one matrix holds at most {Array.MaxLength}. Use fewer rows or columns.");
        }

        _values = isCleared ? GC.AllocateArray<float>((int)length, pinned: true) : GC.AllocateUninitializedArray<float>((int)length, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0);
        nint aligned = (address + (sizeof(float) * RowAlignment - 1)) & ~(nint)(sizeof(float) * RowAlignment - 1);
        Offset = (int)((aligned - address) / sizeof(float));
        Address = (float*)aligned;
    }

    /// <summary>Creates a matrix whose values <i>and padding</i> the caller writes before anyone reads them: for readers of large files.</summary>
    internal static Matrix CreateUninitialized(int rows, int columns) => new(rows, columns, isCleared: false);

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Distance between the starts of two rows, in values; a multiple of <see cref="RowAlignment"/>.</summary>
    public int Stride { get; }

    /// <summary>The address of row 0. The memory is pinned for as long as this object is reachable.</summary>
    public float* Address { get; }

    private int Offset { get; }

    /// <summary>One row, without its padding.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The row does not exist.</exception>
    public Span<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
            return _values.AsSpan(Offset + row * Stride, Columns);
        }
    }

    /// <summary>Sets the padding of a row to zero, for a row of <see cref="CreateUninitialized"/>.</summary>
    internal void ClearPadding(int row) => Padded.Slice(row * Stride + Columns, Stride - Columns).Clear();

    /// <summary>All rows with their padding: <see cref="Rows"/> times <see cref="Stride"/> values.</summary>
    public Span<float> Padded => _values.AsSpan(Offset, Rows * Stride);
}
