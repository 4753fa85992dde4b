using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>Copies the rows that have a place into a compact matrix, by chunks of rows.</summary>
internal unsafe struct PickRows : IPieces
{
    internal const int RowsPerPiece = 64;

    internal int Rows, Columns;

    /// <summary>The row's place in the compact matrix, or −1.</summary>
    internal int* Places;

    internal float* X, Picked;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * RowsPerPiece);
        for (int row = piece * RowsPerPiece; row < end; row++)
        {
            if (Places[row] >= 0) new ReadOnlySpan<float>(X + (long)row * Columns, Columns).CopyTo(new(Picked + (long)Places[row] * Columns, Columns));
        }
    }
}

/// <summary>Adds the compact rows to the gradients of the rows they came from; the others get none.</summary>
internal unsafe struct ReturnRows : IPieces
{
    internal int Rows, Columns;
    internal int* Places;
    internal float* Picked, Gradient;
    internal bool Accumulate;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Rows, (piece + 1) * PickRows.RowsPerPiece);
        for (int row = piece * PickRows.RowsPerPiece; row < end; row++)
        {
            Span<float> gradient = new(Gradient + (long)row * Columns, Columns);
            if (!Accumulate) gradient.Clear();
            if (Places[row] >= 0) TensorPrimitives.Add(gradient, new ReadOnlySpan<float>(Picked + (long)Places[row] * Columns, Columns), gradient);
        }
    }
}
