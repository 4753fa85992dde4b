using System.Runtime.Intrinsics;
using NlpPretrain.Tensors;

namespace NlpPretrain.Benchmarks;

/// <summary>The least that a search can cost: a sum over the same memory, on the same number of threads.</summary>
internal static unsafe class MemoryPass
{
    private const int BlockRows = 512;

    public static float Sum(Matrix vectors, int threads)
    {
        int blocks = (vectors.Rows + BlockRows - 1) / BlockRows;
        int next = -1;
        float[] sums = new float[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            float sum = 0;
            for (int block = Interlocked.Increment(ref next); block < blocks; block = Interlocked.Increment(ref next))
            {
                int rows = Math.Min(BlockRows, vectors.Rows - block * BlockRows);
                sum += Sum(vectors.Address + (long)block * BlockRows * vectors.Stride, (long)rows * vectors.Stride);
            }

            sums[thread] = sum;
        });
        return sums.Sum();
    }

    private static float Sum(float* values, long count)
    {
        Vector512<float> s0 = Vector512<float>.Zero, s1 = s0, s2 = s0, s3 = s0;
        long k = 0;
        for (; k + 64 <= count; k += 64)
        {
            s0 += Vector512.Load(values + k);
            s1 += Vector512.Load(values + k + 16);
            s2 += Vector512.Load(values + k + 32);
            s3 += Vector512.Load(values + k + 48);
        }

        for (; k < count; k += 16)
        {
            s0 += Vector512.Load(values + k);
        }

        return Vector512.Sum((s0 + s1) + (s2 + s3));
    }
}
