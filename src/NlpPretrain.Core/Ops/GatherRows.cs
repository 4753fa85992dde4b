using System.Numerics.Tensors;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>Chosen rows, in the order given; a row may be chosen more than once.</summary>
    /// <param name="rows">Numbers of rows, all axes but the last counted together: row b·T + t of [B, T, C].</param>
    /// <returns>[number of rows, C]</returns>
    /// <exception cref="ArgumentException">No rows were given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in this tensor.</exception>
    public Tensor GatherRows(ReadOnlySpan<int> rows)
    {
        RowIndices.CheckRows(rows, Shape);
        GatherRowsOp op = Op.Take<GatherRowsOp>(this);
        rows.CopyTo(op.AllocateRows(rows.Length));
        return op.Run(new Shape(rows.Length, Shape.Columns), this);
    }
}

internal sealed unsafe class GatherRowsOp : Op
{
    private int* _rows;
    private int _count;

    internal Span<int> AllocateRows(int count)
    {
        _count = count;
        _rows = AllocateIntegers(count);
        return new(_rows, _count);
    }

    protected override void Forward()
    {
        RowGather work = new() { Rows = _rows, Count = _count, Columns = X.Columns, Source = X.Data, Target = Output.Data };
        Workers.For(Pieces.Count(_count, Pieces.RowsOf(X.Columns)), ref work);
    }

    protected override void Backward()
    {
        RowScatter work = new() { Rows = _rows, Count = _count, Columns = X.Columns, Source = Output.Gradient, Target = X.Gradient };
        Workers.For(Pieces.Count(X.Columns, RowScatter.ColumnsPerPiece), Output.Size, ref work);
    }
}

/// <summary>Copies rows from their places.</summary>
internal unsafe struct RowGather : IPieces
{
    internal int* Rows;
    internal int Count, Columns;
    internal float* Source, Target;

    public readonly void Run(int piece)
    {
        int rows = Pieces.RowsOf(Columns), end = Math.Min(Count, (piece + 1) * rows);
        for (int i = piece * rows; i < end; i++)
            new ReadOnlySpan<float>(Source + (long)Rows[i] * Columns, Columns).CopyTo(new Span<float>(Target + (long)i * Columns, Columns));
    }
}

/// <summary>Adds rows to their places, in order; a piece is a stretch of columns of all rows, so that rows may repeat.</summary>
internal unsafe struct RowScatter : IPieces
{
    internal const int ColumnsPerPiece = 128;

    internal int* Rows;
    internal int Count, Columns;
    internal float* Source, Target;

    public readonly void Run(int piece)
    {
        int start = piece * ColumnsPerPiece, length = Math.Min(ColumnsPerPiece, Columns - start);
        for (int i = 0; i < Count; i++)
        {
            Span<float> target = new(Target + (long)Rows[i] * Columns + start, length);
            TensorPrimitives.Add(target, new ReadOnlySpan<float>(Source + (long)i * Columns + start, length), target);
        }
    }
}
