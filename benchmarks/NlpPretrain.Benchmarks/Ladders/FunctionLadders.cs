using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using MathNet.Numerics;
using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>A function of one value, and of 16.</summary>
internal interface ILadderFunction
{
    static abstract float Plain(float x);

    static abstract TSimd Ours<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>;
}

/// <summary>y = f(x) for 16,384 values: both lie in the second-level cache.</summary>
public abstract unsafe class FunctionLadder : SimdLadder
{
    private protected const int Count = 16_384;

    private protected float* X { get; private set; }

    private protected ReadOnlySpan<float> Values => new(X, Count);

    private protected Span<float> Results => new(Result, Count);

    private protected virtual (float Least, float Most) Range => (-8, 8);

    private protected abstract double Exact(double x);

    private protected override void Prepare()
    {
        X = Uniform(Count, Range.Least, Range.Most);
        Result = Zeros(Count);
        Expected = new double[Count];
        for (int i = 0; i < Count; i++) Expected[i] = Exact(X[i]);
    }

    private protected void PlainMap<TFunction>() where TFunction : struct, ILadderFunction
    {
        for (int i = 0; i < Count; i++) Result[i] = TFunction.Plain(X[i]);
    }

    private protected void OurMap<TFunction, TSimd>()
        where TFunction : struct, ILadderFunction
        where TSimd : struct, ISimd<TSimd>
    {
        float* x = X, y = Result;
        for (int i = 0; i < Count; i += Row.Lanes) TFunction.Ours(TSimd.Load(x + i)).Store(y + i);
    }
}

/// <summary>eˣ</summary>
public class ExpLadder : FunctionLadder
{
    [Benchmark]
    public void TensorPrimitive() => TensorPrimitives.Exp(Values, Results);

    private protected override double Exact(double x) => Math.Exp(x);

    private protected override void Plain() => PlainMap<Function>();

    private protected override void Ours<TSimd>() => OurMap<Function, TSimd>();

    private readonly struct Function : ILadderFunction
    {
        public static float Plain(float x) => MathF.Exp(x);

        public static TSimd Ours<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Exp(x);
    }
}

/// <summary>ln x</summary>
public class LogLadder : FunctionLadder
{
    [Benchmark]
    public void TensorPrimitive() => TensorPrimitives.Log(Values, Results);

    private protected override (float Least, float Most) Range => (1e-3f, 1e3f);

    private protected override double Exact(double x) => Math.Log(x);

    private protected override void Plain() => PlainMap<Function>();

    private protected override void Ours<TSimd>() => OurMap<Function, TSimd>();

    private readonly struct Function : ILadderFunction
    {
        public static float Plain(float x) => MathF.Log(x);

        public static TSimd Ours<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Log(x);
    }
}

/// <summary>tanh x</summary>
public class TanhLadder : FunctionLadder
{
    [Benchmark]
    public void TensorPrimitive() => TensorPrimitives.Tanh(Values, Results);

    private protected override double Exact(double x) => Math.Tanh(x);

    private protected override void Plain() => PlainMap<Function>();

    private protected override void Ours<TSimd>() => OurMap<Function, TSimd>();

    private readonly struct Function : ILadderFunction
    {
        public static float Plain(float x) => MathF.Tanh(x);

        public static TSimd Ours<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Tanh(x);
    }
}

/// <summary>erf x; the plain loop takes MathNet's</summary>
public class ErfLadder : FunctionLadder
{
    private protected override double Exact(double x) => SweepSuite.Erf(x);

    private protected override void Plain() => PlainMap<Function>();

    private protected override void Ours<TSimd>() => OurMap<Function, TSimd>();

    private readonly struct Function : ILadderFunction
    {
        public static float Plain(float x) => (float)SpecialFunctions.Erf(x);

        public static TSimd Ours<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Erf(x);
    }
}

/// <summary>σ(x)</summary>
public class SigmoidLadder : FunctionLadder
{
    [Benchmark]
    public void TensorPrimitive() => TensorPrimitives.Sigmoid(Values, Results);

    private protected override double Exact(double x) => 1 / (1 + Math.Exp(-x));

    private protected override void Plain() => PlainMap<Function>();

    private protected override void Ours<TSimd>() => OurMap<Function, TSimd>();

    private readonly struct Function : ILadderFunction
    {
        public static float Plain(float x) => 1 / (1 + MathF.Exp(-x));

        public static TSimd Ours<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Sigmoid(x);
    }
}

/// <summary>½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))</summary>
public class GeluTanhLadder : FunctionLadder
{
    private protected override double Exact(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    private protected override void Plain() => PlainMap<Function>();

    private protected override void Ours<TSimd>() => OurMap<Function, TSimd>();

    private readonly struct Function : ILadderFunction
    {
        public static float Plain(float x) => 0.5f * x * (1 + MathF.Tanh(0.7978846f * (x + 0.044715f * x * x * x)));

        public static TSimd Ours<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => GeluTanhFunction.Value(x);
    }
}

/// <summary>x·Φ(x); the plain loop takes MathNet's erf</summary>
public class GeluExactLadder : FunctionLadder
{
    private protected override double Exact(double x) => 0.5 * x * (1 + SweepSuite.Erf(x / Math.Sqrt(2)));

    private protected override void Plain() => PlainMap<Function>();

    private protected override void Ours<TSimd>() => OurMap<Function, TSimd>();

    private readonly struct Function : ILadderFunction
    {
        public static float Plain(float x) => (float)(0.5 * x * (1 + SpecialFunctions.Erf(x * 0.70710678)));

        public static TSimd Ours<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => GeluExactFunction.Value(x);
    }
}
