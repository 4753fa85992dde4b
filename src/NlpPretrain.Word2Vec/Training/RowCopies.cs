using System.Numerics.Tensors;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Copies of the rows that a block touches, and what the block changed in them.</summary>
internal sealed unsafe class RowCopies(Matrix source)
{
    private readonly int[] _slotOf = CreateSlots(source.Rows);
    private int[] _rows = new int[1024];
    private int _count;

    /// <summary>The copies; row i is a copy of the i-th touched row.</summary>
    internal Matrix Copies { get; private set; } = new(1024, source.Columns);

    /// <summary>Copies each distinct row once, and renames the rows to the numbers of their copies; negative numbers stay.</summary>
    internal void Take(Span<int> rows)
    {
        foreach (int row in _rows.AsSpan(0, _count)) _slotOf[row] = -1;
        _count = 0;
        foreach (ref int row in rows)
        {
            if (row < 0) continue;

            int slot = _slotOf[row];
            if (slot < 0)
            {
                slot = _slotOf[row] = _count++;
                if (slot == _rows.Length) Array.Resize(ref _rows, 2 * slot);
                _rows[slot] = row;
            }

            row = slot;
        }

        if (Copies.Rows < _count) Copies = new Matrix(_rows.Length, source.Columns);
        for (int slot = 0; slot < _count; slot++) SourceRow(slot).CopyTo(CopiedRow(slot));
    }

    /// <summary>Turns each copy into its difference from the source.</summary>
    internal void ToChanges()
    {
        for (int slot = 0; slot < _count; slot++) TensorPrimitives.Subtract(CopiedRow(slot), SourceRow(slot), CopiedRow(slot));
    }

    /// <summary>Adds the changes of the rows that belong to one of several parts.</summary>
    internal void AddTo(int part, int parts)
    {
        for (int slot = 0; slot < _count; slot++)
        {
            if (_rows[slot] % parts == part) TensorPrimitives.Add(SourceRow(slot), CopiedRow(slot), SourceRow(slot));
        }
    }

    private Span<float> SourceRow(int slot) => new(source.Address + (nint)_rows[slot] * source.Stride, source.Stride);

    private Span<float> CopiedRow(int slot) => new(Copies.Address + (nint)slot * source.Stride, source.Stride);

    private static int[] CreateSlots(int rows)
    {
        int[] slots = new int[rows];
        Array.Fill(slots, -1);
        return slots;
    }
}
