using System.Diagnostics;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Benchmarks.Roofline;

/// <summary>What this machine can do at most, measured now: fused multiply-adds in registers, and bytes read from memory.</summary>
internal static class Machine
{
    private const int Repeats = 15;
    private const long MemoryBytes = 1L << 28;

    /// <summary>Floating-point operations a second of chains of fused multiply-adds that never leave the registers.</summary>
    public static double FloatingPointPeak(Workers workers) => FloatingPointPeak(workers, MultiplyAdds.MostLanes);

    /// <summary>The same in registers of 8 or 16 lanes.</summary>
    public static double FloatingPointPeak(Workers workers, int lanes)
    {
        float[] sinks = new float[16 * workers.Count];
        Action<int> body = worker => sinks[16 * worker] = MultiplyAdds.Run(lanes);
        return MultiplyAdds.Operations(lanes) * workers.Count / Best(() => workers.Run(body));
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
}
