using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>A sum over 16,384 values, or pairs: one piece of our totals.</summary>
public abstract unsafe class TotalLadder : SimdLadder
{
    private protected const int Count = 16_384;

    private protected float* X { get; private set; }

    private protected float* Y { get; private set; }

    private protected ReadOnlySpan<float> Left => new(X, Count);

    private protected ReadOnlySpan<float> Right => new(Y, Count);

    // The plain loop adds 16,384 values in one chain of float.
    private protected override double Tolerance => 1e-4;

    private protected abstract double Term(double x, double y);

    private protected override void Prepare()
    {
        X = Uniform(Count, 0, 1);
        Y = Uniform(Count, 0, 1);
        Result = Zeros(1);
        Expected = new double[1];
        for (int i = 0; i < Count; i++) Expected[0] += Term(X[i], Y[i]);
    }
}

public unsafe class SumLadder : TotalLadder
{
    [Benchmark]
    public void TensorPrimitive() => Result[0] = TensorPrimitives.Sum(Left);

    private protected override double Term(double x, double y) => x;

    private protected override void Plain()
    {
        float sum = 0;
        for (int i = 0; i < Count; i++) sum += X[i];
        Result[0] = sum;
    }

    private protected override void Ours<TSimd>() => Result[0] = Row.Sum<TSimd, Values>(Count, Values.Over(X, null));
}

public unsafe class DotLadder : TotalLadder
{
    [Benchmark]
    public void TensorPrimitive() => Result[0] = TensorPrimitives.Dot(Left, Right);

    private protected override double Term(double x, double y) => x * y;

    private protected override void Plain()
    {
        float sum = 0;
        for (int i = 0; i < Count; i++) sum += X[i] * Y[i];
        Result[0] = sum;
    }

    private protected override void Ours<TSimd>() => Result[0] = Row.Sum<TSimd, Kernels.Products>(Count, Kernels.Products.Over(X, Y));
}
