using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>Adds rows, or the partial sums of chunks of rows, in their order to a gradient.</summary>
internal unsafe struct ChunkSums : IPieces
{
    internal const int ColumnsPerPiece = 256;

    internal int Chunks, Columns;
    internal long Stride;
    internal float* Partial, Gradient;
    internal bool Accumulate;

    internal static void Add(Workers workers, float* partial, int chunks, long stride, int columns, float* gradient, bool accumulate)
    {
        ChunkSums work = new() { Chunks = chunks, Columns = columns, Stride = stride, Partial = partial, Gradient = gradient, Accumulate = accumulate };
        workers.For((columns + ColumnsPerPiece - 1) / ColumnsPerPiece, (long)chunks * columns, ref work);
    }

    public readonly void Run(int piece)
    {
        int end = Math.Min(Columns, (piece + 1) * ColumnsPerPiece);
        for (int i = piece * ColumnsPerPiece; i < end; i += Row.Lanes)
        {
            int left = end - i;
            Vector512<float> sum = default;
            for (int chunk = 0; chunk < Chunks; chunk++) sum += Row.Load(Partial + chunk * Stride + i, left);
            Row.Store(Gradient + i, Accumulate ? Row.Load(Gradient + i, left) + sum : sum, left);
        }
    }
}
