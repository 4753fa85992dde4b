using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Products;

/// <summary>One side of the comparison.</summary>
internal abstract unsafe class Multiplier
{
    public abstract string Name { get; }

    /// <summary>C = A·B for every product of the case.</summary>
    public abstract void Multiply(ProductCase product, float* a, float* b, float* c);
}

/// <summary>The kernels that the library ships.</summary>
internal sealed unsafe class OurMultiplier(Workers workers, MatrixKernels kernels) : Multiplier
{
    public override string Name => "ours";

    public override void Multiply(ProductCase product, float* a, float* b, float* c)
    {
        (int m, int n, int k) = (product.M, product.N, product.K);
        MatrixMultiply.RunBatch(workers, kernels, product.Transpose, product.Shape.Batch, m, n, k,
            a, (nint)m * k, product.Lda, b, (nint)n * k, product.Ldb, c, (nint)m * n, n, accumulate: false);
    }
}

/// <summary>A native library that multiplies one pair of matrices a call: a batch is shared among threads, each of which calls it for its own.</summary>
internal abstract unsafe class PeerMultiplier(Workers workers) : Multiplier
{
    private bool _isSingle;

    public sealed override void Multiply(ProductCase product, float* a, float* b, float* c)
    {
        int batch = product.Shape.Batch;
        if (_isSingle != batch > 1)
        {
            _isSingle = batch > 1;
            int threads = _isSingle ? 1 : workers.Count;
            workers.Run(_ => SetThreads(threads));
        }

        if (batch == 1)
        {
            Call(product, a, b, c);
            return;
        }

        workers.Run(worker =>
        {
            int first = batch * worker / workers.Count, end = batch * (worker + 1) / workers.Count;
            (nint aStep, nint bStep, nint cStep) = ((nint)product.M * product.K, (nint)product.N * product.K, (nint)product.M * product.N);
            for (int i = first; i < end; i++) Call(product, a + i * aStep, b + i * bStep, c + i * cStep);
        });
    }

    protected abstract void Call(ProductCase product, float* a, float* b, float* c);

    /// <summary>How many threads a call from this thread may use.</summary>
    protected abstract void SetThreads(int threads);
}
