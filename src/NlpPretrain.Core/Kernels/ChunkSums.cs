
namespace NlpPretrain.Kernels;

/// <summary>Adds rows, or the partial sums of chunks of rows, in their order to a gradient.</summary>
internal unsafe struct ChunkSums : ISimdPieces
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

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Columns, (piece + 1) * ColumnsPerPiece);
        for (int i = piece * ColumnsPerPiece; i < end; i += Row.Lanes)
        {
            int left = end - i;
            TSimd sum = default;
            for (int chunk = 0; chunk < Chunks; chunk++) sum += Row.Load<TSimd>(Partial + chunk * Stride + i, left);
            Row.Store(Gradient + i, Accumulate ? Row.Load<TSimd>(Gradient + i, left) + sum : sum, left);
        }
    }
}
