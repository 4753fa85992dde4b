namespace NlpPretrain.Kernels;

/// <summary>How much of a tensor one piece of work takes: by the size of the problem alone, so that no sum depends on the number of threads.</summary>
internal static class Pieces
{
    /// <summary>Values of a piece of plain element-wise work, some microseconds of it; anything smaller stays on the caller's thread.</summary>
    internal const int Elements = 16_384;

    /// <summary>Rows whose sum is one partial sum.</summary>
    internal const int RowsOfSum = 64;

    internal static int Count(long size, int pieceSize) => (int)((size + pieceSize - 1) / pieceSize);

    /// <summary>Rows of a piece of row-wise work.</summary>
    internal static int RowsOf(int columns) => Math.Max(1, Elements / columns);
}
