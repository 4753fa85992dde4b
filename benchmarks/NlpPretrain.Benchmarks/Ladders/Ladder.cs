using System.Reflection;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>One kernel from a plain loop upwards, a rung a benchmark, on one thread. Every rung is checked against double precision before it is timed.</summary>
public abstract unsafe class Ladder
{
    private readonly List<float[]> _arrays = [];
    private readonly Random _random = new(1);

    /// <summary>What a rung must have written, in double precision.</summary>
    private protected double[] Expected { get; set; } = [];

    /// <summary>Where a rung writes.</summary>
    private protected float* Result { get; set; }

    /// <summary>The largest difference that is allowed, in parts of the largest expected value.</summary>
    private protected virtual double Tolerance => 1e-6;

    /// <summary>The rungs, with the ways to run them.</summary>
    internal IEnumerable<MethodInfo> Rungs => GetType().GetMethods().Where(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null && Widths.IsSupported(method.Name));

    [GlobalSetup]
    public void Setup()
    {
        Prepare();
        foreach (MethodInfo rung in Rungs)
        {
            new Span<float>(Result, Expected.Length).Fill(float.NaN);
            Reset();
            rung.Invoke(this, null);
            Check(rung.Name);
        }

        Reset();
    }

    [Benchmark(Baseline = true)]
    public void Scalar() => Plain();

    /// <summary>Makes the inputs and <see cref="Expected"/>.</summary>
    private protected abstract void Prepare();

    /// <summary>Puts back what a rung changes.</summary>
    private protected virtual void Reset()
    {
    }

    /// <summary>The kernel as a plain loop over <see cref="MathF"/>.</summary>
    private protected abstract void Plain();

    private protected float* Zeros(int count)
    {
        float[] array = GC.AllocateArray<float>(count + 16, pinned: true);
        _arrays.Add(array);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        return (float*)((address + 63) & ~(nint)63);
    }

    private protected float* Uniform(int count, float least, float most)
    {
        float* values = Zeros(count);
        for (int i = 0; i < count; i++) values[i] = least + (most - least) * _random.NextSingle();
        return values;
    }

    private void Check(string rung)
    {
        double size = Expected.Max(Math.Abs);
        for (int i = 0; i < Expected.Length; i++)
        {
            if (!(Math.Abs(Result[i] - Expected[i]) <= Tolerance * size))
                throw new InvalidOperationException($"{GetType().Name}, {rung}: value {i} is {Result[i]:R}; in double precision it is {Expected[i]:R}.");
        }
    }
}

/// <summary>A ladder with our kernel in registers of each width.</summary>
public abstract class SimdLadder : Ladder
{
    [Benchmark]
    public void Simd128() => Ours<Simd128>();

    [Benchmark]
    public void Simd256() => Ours<Simd256>();

    [Benchmark]
    public void Simd512() => Ours<Simd512>();

    private protected abstract void Ours<TSimd>() where TSimd : struct, ISimd<TSimd>;
}
