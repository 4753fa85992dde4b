using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>Plain work on 16,384 pairs of values, for which the library itself takes TensorPrimitives.</summary>
public abstract unsafe class ElementLadder : Ladder
{
    private protected const int Count = 16_384;

    private protected float* X { get; private set; }

    private protected float* Y { get; private set; }

    private protected ReadOnlySpan<float> Left => new(X, Count);

    private protected ReadOnlySpan<float> Right => new(Y, Count);

    private protected Span<float> Results => new(Result, Count);

    private protected abstract double Exact(double x, double y);

    private protected override void Prepare()
    {
        X = Uniform(Count, -1, 1);
        Y = Uniform(Count, -1, 1);
        Result = Zeros(Count);
        Expected = new double[Count];
        for (int i = 0; i < Count; i++) Expected[i] = Exact(X[i], Y[i]);
    }
}

public unsafe class AddLadder : ElementLadder
{
    [Benchmark]
    public void TensorPrimitive() => TensorPrimitives.Add(Left, Right, Results);

    private protected override double Exact(double x, double y) => x + y;

    private protected override void Plain()
    {
        for (int i = 0; i < Count; i++) Result[i] = X[i] + Y[i];
    }
}

public unsafe class MultiplyLadder : ElementLadder
{
    [Benchmark]
    public void TensorPrimitive() => TensorPrimitives.Multiply(Left, Right, Results);

    private protected override double Exact(double x, double y) => x * y;

    private protected override void Plain()
    {
        for (int i = 0; i < Count; i++) Result[i] = X[i] * Y[i];
    }
}

public unsafe class ScaleLadder : ElementLadder
{
    private const float Factor = 0.37f;

    [Benchmark]
    public void TensorPrimitive() => TensorPrimitives.Multiply(Left, Factor, Results);

    private protected override double Exact(double x, double y) => x * Factor;

    private protected override void Plain()
    {
        for (int i = 0; i < Count; i++) Result[i] = X[i] * Factor;
    }
}
