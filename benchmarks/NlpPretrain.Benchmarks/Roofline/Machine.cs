using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Benchmarks.Roofline;

/// <summary>What this machine can do at most, measured now: fused multiply-adds in registers, and bytes read from memory.</summary>
internal static class Machine
{
    private const int Repeats = 15, Chains = 12, Steps = 10_000_000, FlopsOfFma = 2;
    private const long MemoryBytes = 1L << 28;

    /// <summary>Floating-point operations a second of chains of fused multiply-adds that never leave the registers.</summary>
    public static double FloatingPointPeak(Workers workers) =>
        FloatingPointPeak(workers, Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count);

    /// <summary>The same in registers of 8 or 16 lanes.</summary>
    public static double FloatingPointPeak(Workers workers, int lanes)
    {
        float[] sinks = new float[16 * workers.Count];
        Action<int> body = worker => sinks[16 * worker] = lanes == Vector512<float>.Count ? Chains512(Steps) : Chains256(Steps);
        return (double)FlopsOfFma * lanes * Chains * Steps * workers.Count / Best(() => workers.Run(body));
    }

    /// <summary>Bytes a second of reading memory that no cache holds.</summary>
    public static double MemoryBandwidth(Workers workers)
    {
        Matrix memory = new((int)(MemoryBytes / (1024 * sizeof(float))), 1024);
        return MemoryBytes / Best(() => _ = MemoryPass.Sum(memory, workers.Count));
    }

    private static double Best(Action action)
    {
        double best = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains512(int steps)
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(1e-3f);
        Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int step = 0; step < steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains256(int steps)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(1e-3f);
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int step = 0; step < steps; step++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
