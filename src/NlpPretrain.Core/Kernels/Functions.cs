using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>Functions of neural networks on 16 values at once, each a fixed chain of IEEE operations: the same bits on every processor.</summary>
internal static class Functions
{
    private const float SmallTanh = 0.6f, EndOfErf = 4f;

    /// <summary>tanh x: x + x³·P(x²) for |x| below 0.6, else (1 − e^−2|x|) / (1 + e^−2|x|) with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> z = x * x, size = Vector512.Abs(x), one = Vector512<float>.One;
        Vector512<float> p = Vector512.Create(0.0020710179f);
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.0080991742f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.021669360f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.053941127f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.13333163f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.33333328f));
        Vector512<float> small = Vector512.FusedMultiplyAdd(p * z, x, x);

        Vector512<float> e = SimdMath.Exp(size * -2f);
        Vector512<float> large = ((one - e) / (one + e)) | SignOf(x);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(SmallTanh)), small, large);
    }

    /// <summary>The error function: x·P(x²) for |x| below 1, else 1 − erfc |x| with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Erf(Vector512<float> x)
    {
        Vector512<float> size = Vector512.Abs(x);
        Vector512<float> large = (Vector512<float>.One - ErfcFromOne(size)) | SignOf(x);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512<float>.One), SmallErf(x), large);
    }

    /// <summary>Φ(x) = ½·(1 + erf(x / √2)), the normal distribution, without cancellation where it is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> NormalDistribution(Vector512<float> x)
    {
        Vector512<float> u = x * 0.70710678f, size = Vector512.Abs(u), half = Vector512.Create(0.5f);
        Vector512<float> tail = half * ErfcFromOne(size);
        Vector512<float> far = Vector512.ConditionalSelect(Vector512.LessThan(u, Vector512<float>.Zero), tail, Vector512<float>.One - tail);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512<float>.One), Vector512.FusedMultiplyAdd(half, SmallErf(u), half), far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SmallErf(Vector512<float> x)
    {
        Vector512<float> z = x * x;
        Vector512<float> p = Vector512.Create(-9.680135e-6f);
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(1.12705442e-4f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-8.4847113e-4f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(5.2210749e-3f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-2.6865445e-2f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.11283783f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.37612638f));
        return x * Vector512.FusedMultiplyAdd(p, z, Vector512.Create(1.1283792f));
    }

    // erfc x for x ≥ 1 as the exponential of a polynomial; nothing of it is left in 1 − erfc x from 4 on, where it is 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ErfcFromOne(Vector512<float> x)
    {
        Vector512<float> p = Vector512.Create(7.845219e-7f);
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-1.24528e-5f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(6.4341548e-5f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(1.0176002e-4f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-3.3602701e-3f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(2.383651e-2f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-0.1069615f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-0.6341961f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-1.1292038f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(1.2529358e-4f));
        return Vector512.AndNot(SimdMath.Exp(p), Vector512.GreaterThan(x, Vector512.Create(EndOfErf)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SignOf(Vector512<float> x) => x & Vector512.Create(-0f);
}
