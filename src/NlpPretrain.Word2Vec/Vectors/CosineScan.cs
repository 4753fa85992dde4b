using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Receives the cosines of one block of rows with every query.</summary>
internal unsafe interface ICosineConsumer
{
    /// <summary>Takes a block in. Blocks come in any order.</summary>
    /// <param name="firstRow">Index of the block's first row.</param>
    /// <param name="padded">Number of rows rounded up to a multiple of 16; what is past the last row has cosine −∞.</param>
    /// <param name="cosines">Query q and row firstRow + r at q·stride + r.</param>
    /// <param name="stride">Values from one query to the next.</param>
    void Consume(int firstRow, int padded, float* cosines, int stride);
}

/// <summary>One pass over the rows in fixed blocks, on several workers, that hands each block's cosines to a consumer of the worker's own.</summary>
internal static unsafe class CosineScan
{
    /// <summary>Rows of a block at most: few enough that a block's cosines stay in the cache until they are consumed.</summary>
    private const int MostRows = 512;

    /// <summary>Cosines of a block at most, beyond which blocks get fewer rows: one mebibyte.</summary>
    private const int MostCosines = 1 << 18;

    /// <summary>Fused multiply-adds below which a second worker costs more than it saves.</summary>
    private const long SmallestShare = 1 << 18;

    /// <summary>Scans the first rows.</summary>
    /// <param name="vectors">The words.</param>
    /// <param name="within">How many rows, from the first.</param>
    /// <param name="queries">Unit vectors (or zeros), one a row.</param>
    /// <param name="workers">Threads at most.</param>
    /// <param name="create">Makes one worker's consumer.</param>
    /// <returns>The consumers of the workers that ran.</returns>
    public static List<TConsumer> Run<TConsumer>(WordVectors vectors, int within, Matrix queries, int workers, Func<TConsumer> create)
        where TConsumer : ICosineConsumer
    {
        int blockRows = Math.Clamp(MostCosines / Math.Max(queries.Rows, 1) & ~15, 16, MostRows);
        int blocks = (within + blockRows - 1) / blockRows;
        long work = (long)within * vectors.Vectors.Stride * queries.Rows;
        workers = (int)Math.Clamp(Math.Min(work / SmallestShare, blocks), 1, workers);

        var consumers = new List<TConsumer>(workers);
        int next = -1;
        if (workers == 1)
        {
            Work(0);
        }
        else
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
        }

        return consumers;

        void Work(int worker)
        {
            TConsumer consumer = create();
            float* cosines = (float*)NativeMemory.AlignedAlloc((nuint)blockRows * (nuint)queries.Rows * sizeof(float), 64);
            try
            {
                for (int block = Interlocked.Increment(ref next); block < blocks; block = Interlocked.Increment(ref next))
                {
                    int first = block * blockRows;
                    int rows = Math.Min(blockRows, within - first);
                    Compute(vectors, first, rows, queries, cosines, blockRows);
                    consumer.Consume(first, (rows + 15) & ~15, cosines, blockRows);
                }
            }
            finally
            {
                NativeMemory.AlignedFree(cosines);
            }

            lock (consumers)
            {
                consumers.Add(consumer);
            }
        }
    }

    private static void Compute(WordVectors vectors, int first, int rows, Matrix queries, float* cosines, int blockRows)
    {
        Matrix matrix = vectors.Vectors;
        DotProducts.Compute(matrix.Address + (long)first * matrix.Stride, rows, queries.Address, queries.Rows, matrix.Stride, cosines, blockRows);
        ReadOnlySpan<float> norms = vectors.Norms.Slice(first, rows);
        fixed (float* divisors = norms)
        {
            for (int query = 0; query < queries.Rows; query++)
            {
                Divide(cosines + (long)query * blockRows, divisors, rows);
            }
        }

        GC.KeepAlive(vectors);
        GC.KeepAlive(queries);
    }

    /// <summary>Turns dot products into cosines. A row of zeros divides by the smallest number instead of by 0, which leaves 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Divide(float* cosines, float* norms, int rows)
    {
        int row = 0;
        for (; row + Vector512<float>.Count <= rows; row += Vector512<float>.Count)
        {
            Vector512<float> norm = Vector512.Max(Vector512.Load(norms + row), Vector512.Create(float.Epsilon));
            Vector512<float> cosine = Vector512.Load(cosines + row) / norm;
            Vector512.Min(Vector512.Max(cosine, Vector512.Create(-1f)), Vector512<float>.One).Store(cosines + row);
        }

        for (; row < rows; row++)
        {
            cosines[row] = Math.Clamp(cosines[row] / Math.Max(norms[row], float.Epsilon), -1f, 1f);
        }

        for (; row % Vector512<float>.Count != 0; row++)
        {
            cosines[row] = float.NegativeInfinity;
        }
    }
}
