using System.Numerics.Tensors;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>How the blocks of a round used a row.</summary>
/// <remarks>
/// The changes of several blocks, each made without seeing the others, are added up where blocks touch a row rarely, which is what one after the other
/// would come to. Where each block touches it many times, each has moved it most of the way to where it settles, and their sum would overshoot: there
/// they are averaged. Between the two the weight falls smoothly.
/// </remarks>
internal struct RowUse
{
    private const float ManyTouches = 8;

    private int _blocks, _touches;

    internal readonly float Weight => Math.Max(1f / _blocks, 1 / (1 + ((float)_touches / _blocks - 1) / ManyTouches));

    internal void Add(int touches)
    {
        _blocks++;
        _touches += touches;
    }
}

/// <summary>Copies of the rows that a block touches, and what the block changed in them.</summary>
internal sealed unsafe class RowCopies(Matrix source)
{
    private readonly int[] _slotOf = CreateSlots(source.Rows);
    private int[] _rows = new int[1024], _touches = new int[1024];
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
                if (slot == _rows.Length)
                {
                    Array.Resize(ref _rows, 2 * slot);
                    Array.Resize(ref _touches, 2 * slot);
                }

                (_rows[slot], _touches[slot]) = (row, 0);
            }

            _touches[slot]++;
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

    /// <summary>Counts, for the rows that belong to one of several parts, this block and how often it touched each.</summary>
    internal void Count(RowUse[] uses, int part, int parts)
    {
        for (int slot = 0; slot < _count; slot++)
        {
            if (_rows[slot] % parts == part) uses[_rows[slot]].Add(_touches[slot]);
        }
    }

    /// <summary>Adds the changes of the rows that belong to one of several parts, each by the weight of its row.</summary>
    internal void AddTo(RowUse[] uses, int part, int parts)
    {
        for (int slot = 0; slot < _count; slot++)
        {
            if (_rows[slot] % parts == part)
                TensorPrimitives.FusedMultiplyAdd(CopiedRow(slot), uses[_rows[slot]].Weight, SourceRow(slot), SourceRow(slot));
        }
    }

    /// <summary>Forgets the counts of the rows that belong to one of several parts.</summary>
    internal void Forget(RowUse[] uses, int part, int parts)
    {
        for (int slot = 0; slot < _count; slot++)
        {
            if (_rows[slot] % parts == part) uses[_rows[slot]] = default;
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
