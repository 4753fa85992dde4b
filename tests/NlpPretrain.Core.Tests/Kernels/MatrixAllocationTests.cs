using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Kernels;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed unsafe class MatrixAllocationTests
{
    // Few rows are streamed, some are turned, and many have their weights packed.
    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(1100)]
    public void A_steady_call_allocates_nothing(int rows)
    {
        const int N = 300, K = 208;
        using Workers two = new(2);
        float[] a = OpCheck.Random(new(rows, K), 1), b = OpCheck.Random(new(N, K), 2), c = new float[rows * N];
        PackedMatrix packed = new(K, N);
        fixed (float* pa = a, pb = b, pc = c)
        {
            // A worker grows its buffer when it first gets a piece.
            float* left = pa, right = pb, result = pc;
            Allocations.CheckNone(_ =>
            {
                MatrixMultiply.Run(two, Transpose.Right, rows, N, K, left, K, right, K, result, N, accumulate: false);
                packed.Pack(two, transposed: true, right, K);
                MatrixMultiply.Run(two, rows, left, K, packed, result, N, accumulate: true);
            }, callsOfRound: 20);
        }
    }
}
