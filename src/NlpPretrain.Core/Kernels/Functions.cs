using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>Functions of neural networks on 16 values at once, each a fixed chain of IEEE operations: the same bits on every processor.</summary>
internal static class Functions
{
    private const float SmallTanh = 1f, SmallErfEnd = 1f, EndOfErf = 4f;
    private const float Log2E = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;      // ln 2 in two parts; High has 9 bits

    /// <summary>eˣ, from 0 through the subnormal numbers to infinity.</summary>
    /// <remarks>eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ½ ln 2; 2ⁿ in two factors, since n reaches beyond the exponents of float.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Exp(Vector512<float> x)
    {
        Vector512<float> clamped = Vector512.Min(Vector512.Max(x, Vector512.Create(-110f)), Vector512.Create(90f));
        Vector512<float> n = Vector512.Round(clamped * Log2E);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);

        Vector512<float> p = Vector512.Create(1f / 40320);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 5040));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5f));
        p = Vector512.FusedMultiplyAdd(p * r, r, r) + Vector512<float>.One;

        Vector512<int> whole = Vector512.ConvertToInt32(n), half = Vector512.ShiftRightArithmetic(whole, 1);
        Vector512<float> result = p * PowerOfTwo(half) * PowerOfTwo(whole - half);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x), result, x);                        // NaN stays
    }

    /// <summary>ln x: −∞ at 0, NaN below.</summary>
    /// <remarks>x = 2ᵉ·m with m in [√½, √2); ln m = 2·artanh(s) with s = (m − 1) / (m + 1), the quotient's own remainder put back.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Log(Vector512<float> x)
    {
        const float SmallestNormal = 1.17549435e-38f, Scale = 8388608f;                               // 2⁻¹²⁶, 2²³
        Vector512<float> zero = Vector512<float>.Zero, one = Vector512<float>.One, isSmall = Vector512.LessThan(x, Vector512.Create(SmallestNormal));
        Vector512<int> bits = Vector512.ConditionalSelect(isSmall, x * Scale, x).AsInt32() - Vector512.Create(0x3F3504F3);     // the bits of √½
        Vector512<float> e = Vector512.ConvertToSingle(Vector512.ShiftRightArithmetic(bits, 23)) - (isSmall & Vector512.Create(23f));
        Vector512<float> m = ((bits & Vector512.Create(0x007FFFFF)) + Vector512.Create(0x3F3504F3)).AsSingle();

        // ln(1 + f) = f − ½f² + f²·s·(…): the large parts are exact, so their rounding does not show.
        Vector512<float> f = m - one, s = f / (f + Vector512.Create(2f)), z = s * s, halfSquare = 0.5f * f * f;
        Vector512<float> p = Vector512.Create(0.24279078841f);
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.28498786688f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.40000972152f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.66666662693f));
        Vector512<float> tail = s * (halfSquare + p * z) + e * Ln2Low;
        Vector512<float> result = Vector512.FusedMultiplyAdd(e, Vector512.Create(Ln2High), f - (halfSquare - tail));

        result = Vector512.ConditionalSelect(Vector512.Equals(x, zero), Vector512.Create(float.NegativeInfinity), result);
        result = Vector512.ConditionalSelect(Vector512.LessThan(x, zero), Vector512.Create(float.NaN), result);
        Vector512<float> isOrdinary = Vector512.LessThan(x, Vector512.Create(float.PositiveInfinity));
        return Vector512.ConditionalSelect(isOrdinary, result, x);                                   // ∞ and NaN stay
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> n) => Vector512.ShiftLeft(n + Vector512.Create(127), 23).AsSingle();

    /// <summary>tanh x: x + x³·P(x²) for |x| below 1, else 1 − 2e / (1 + e) with e = e^−2|x|, and the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> z = x * x, size = Vector512.Abs(x), one = Vector512<float>.One;
        Vector512<float> p = Vector512.Create(-3.04382575e-05f);
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.000256308704f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.00108964869f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.00332508166f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.00873715058f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.0218325369f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.0539620295f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.133332819f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.333333313f));
        Vector512<float> small = Vector512.FusedMultiplyAdd(p * z, x, x);

        Vector512<float> e = SimdMath.Exp(size * -2f);
        Vector512<float> large = Vector512.FusedMultiplyAdd(Vector512.Create(-2f), e / (one + e), one);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(SmallTanh)), small, large) | SignOf(x);
    }

    /// <summary>The error function: x + x·P(x²) for |x| below 1, else 1 − erfc |x| with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Erf(Vector512<float> x)
    {
        Vector512<float> size = Vector512.Abs(x);
        Vector512<float> large = (Vector512<float>.One - Erfc(size)) | SignOf(x);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(SmallErfEnd)), SmallErf(x), large);
    }

    /// <summary>Φ(x) = ½·(1 + erf(x / √2)), the normal distribution, without cancellation where it is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> NormalDistribution(Vector512<float> x)
    {
        Vector512<float> u = x * 0.70710678f, size = Vector512.Abs(u), half = Vector512.Create(0.5f);
        Vector512<float> tail = half * Erfc(size);
        Vector512<float> far = Vector512.ConditionalSelect(Vector512.LessThan(u, Vector512<float>.Zero), tail, Vector512<float>.One - tail);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(SmallErfEnd)), Vector512.FusedMultiplyAdd(half, SmallErf(u), half), far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SmallErf(Vector512<float> x)
    {
        Vector512<float> z = x * x;
        Vector512<float> p = Vector512.Create(9.55908149e-07f);
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-1.34779884e-05f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.000118832635f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.000853616337f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.00522346748f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.0268660504f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.112837903f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-0.376126379f));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.128379166f));
        return Vector512.FusedMultiplyAdd(p, x, x);                                                  // 2/√π is 1 and this: the 1 adds no rounding
    }

    // erfc x for x ≥ 1 as the exponential of a polynomial; nothing of it is left in 1 − erfc x from 4 on, where it is 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Erfc(Vector512<float> x)
    {
        Vector512<float> p = Vector512.Create(5.74142405e-07f);
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-8.82965924e-06f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(3.71081369e-05f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(0.000219045527f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-0.00367929507f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(0.0244050696f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-0.107625633f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-0.633705616f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(-1.12941182f));
        p = Vector512.FusedMultiplyAdd(p, x, Vector512.Create(0.000163869947f));
        return Vector512.AndNot(SimdMath.Exp(p), Vector512.GreaterThan(x, Vector512.Create(EndOfErf)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SignOf(Vector512<float> x) => x & Vector512.Create(-0f);
}
