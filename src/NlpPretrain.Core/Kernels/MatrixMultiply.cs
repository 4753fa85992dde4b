using System.Runtime.InteropServices;

namespace NlpPretrain.Kernels;

internal enum Transpose
{
    None,
    Left,
    Right,
}

internal static unsafe class MatrixMultiply
{
    internal static void Run(Workers workers, Transpose transpose, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate)
    {
        float* turned = null;
        if (transpose == Transpose.Right)
        {
            turned = (float*)NativeMemory.AlignedAlloc((nuint)n * (nuint)k * 4, 64);
            for (int j = 0; j < n; j++)
            {
                for (int l = 0; l < k; l++) turned[(long)l * n + j] = b[(long)j * ldb + l];
            }

            b = turned;
            ldb = n;
        }

        Pieces work = new() { Left = transpose == Transpose.Left, M = m, N = n, K = k, A = a, Lda = lda, B = b, Ldb = ldb, C = c, Ldc = ldc, Accumulate = accumulate };
        workers.For((m + 15) / 16, (long)m * n * k / 16, ref work);
        NativeMemory.AlignedFree(turned);
    }

    private struct Pieces : IPieces
    {
        internal bool Left, Accumulate;
        internal int M, N, K, Lda, Ldb, Ldc;
        internal float* A, B, C;

        public readonly void Run(int piece)
        {
            int first = piece * 16;
            BlockMultiply.Run(Math.Min(16, M - first), N, K, A + first * (Left ? 1L : Lda), Left ? 1 : Lda, Left ? Lda : 1, B, Ldb, C + (long)first * Ldc, Ldc, Accumulate);
        }
    }
}
