using System.Runtime.CompilerServices;
using NlpPretrain.Kernels;

namespace NlpPretrain.Initialization;

/// <summary>A counter-based stream of random numbers: a pure function of (seed, stream, step, index).</summary>
/// <remarks>
/// Number i of a stream does not depend on who asks for it or in which order, so a mask, a shuffle or a noise word is the same at
/// any number of threads, and a run that resumes needs no saved generator.
/// <para>Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators" (the SplitMix64 mixing function).</para>
/// </remarks>
public readonly struct RandomStream
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private readonly ulong _key;

    /// <summary>Names a stream.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="stream">What the numbers are for: each use has its own constant.</param>
    /// <param name="step">The step, block or epoch that the numbers belong to.</param>
    public RandomStream(ulong seed, ulong stream = 0, ulong step = 0) => _key = Mix(Mix(Mix(seed + GoldenGamma) ^ stream) + GoldenGamma * step);

    /// <summary>64 uniform random bits.</summary>
    /// <param name="index">The number's place in the stream.</param>
    public ulong this[ulong index] => Mix(_key + GoldenGamma * (index + 1));

    /// <summary>A uniform number in [0, 1), a multiple of 2⁻²⁴.</summary>
    /// <param name="index">The number's place in the stream.</param>
    public float Uniform(ulong index) => ToUniform(this[index]);

    /// <summary>A uniform integer in [0, <paramref name="exclusiveMaximum"/>).</summary>
    /// <param name="index">The number's place in the stream.</param>
    /// <param name="exclusiveMaximum">At least 1. The bias is below 2⁻³² times this.</param>
    public int Below(ulong index, int exclusiveMaximum) => Reduce(this[index], exclusiveMaximum);

    /// <summary>The top 24 of 64 random bits as a number in [0, 1).</summary>
    /// <param name="bits">64 random bits.</param>
    public static float ToUniform(ulong bits) => (bits >> 40) * (1f / (1 << 24));

    /// <summary>The top 32 of 64 random bits, scaled to [0, <paramref name="exclusiveMaximum"/>).</summary>
    /// <param name="bits">64 random bits.</param>
    /// <param name="exclusiveMaximum">At least 1.</param>
    public static int Reduce(ulong bits, int exclusiveMaximum) => (int)((bits >> 32) * (ulong)(uint)exclusiveMaximum >> 32);

    /// <summary>Eight numbers of the stream, from the given index on: 16 times 32 bits, the lower half of each before the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TSimd Eight<TSimd>(ulong index) where TSimd : struct, ISimd<TSimd>
    {
        TSimd z = TSimd.Count64(_key + GoldenGamma * (index + 1), GoldenGamma);
        z = TSimd.Multiply64(TSimd.XorShift64(z, 30), 0xBF58476D1CE4E5B9);
        z = TSimd.Multiply64(TSimd.XorShift64(z, 27), 0x94D049BB133111EB);
        return TSimd.XorShift64(z, 31);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
