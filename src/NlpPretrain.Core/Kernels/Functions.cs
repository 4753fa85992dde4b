using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>Functions of neural networks on 16 values at once, each a fixed chain of IEEE operations: the same bits on every processor.</summary>
/// <remarks>
/// Exp, Log, Tanh and Erf are within one unit of the last place for every float there is (benchmarks/NlpPretrain.Benchmarks -- sweep), with NaN, infinities and
/// subnormal numbers where the function has them. Polynomials are minimax fits with coefficients rounded to float.
/// </remarks>
internal static class Functions
{
    private const float Log2E = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;      // ln 2 in two parts; High has 9 bits
    private const float ToInteger = 12_582_912f;                                                     // 1.5·2²³: what is added to it is rounded to an integer
    private const float LeastExponent = -87f, EndOfPolynomial = 1f, EndOfErf = 4f;

    /// <summary>eˣ, from 0 through the subnormal numbers to infinity.</summary>
    /// <remarks>eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ½ ln 2.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Exp<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        x = TSimd.Min(90f, TSimd.Max(-110f, x));
        TSimd n = TSimd.MultiplyAdd(x, Log2E, ToInteger) - ToInteger;
        TSimd r = TSimd.MultiplyAdd(n, -Ln2Low, TSimd.MultiplyAdd(n, -Ln2High, x));
        return TSimd.Scale(ExpOfRest(r), n);
    }

    /// <summary>eˣ for x up to 88, and 0 below −87: the bits of <see cref="Exp"/> between, for less.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd ExpOrZero<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => TSimd.AndNot(ClampedExp(x), x < LeastExponent);

    /// <summary>ln x: −∞ at 0, NaN below.</summary>
    /// <remarks>x = 2ᵉ·m with m in [⅔, 4/3) and ln m = f + f²·P(f) with f = m − 1.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Log<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        const float SmallestNormal = 1.17549435e-38f, Scale = 8388608f;                               // 2⁻¹²⁶, 2²³
        const int SmallestBits = 0x00800000, Infinity = 0x7F800000, TwoThirds = 0x3F2AAAAB;
        TSimd value = x, offset = 0f;
        bool hasOthers = TSimd.Any(TSimd.AreBitsAtLeast(TSimd.AddBits(x, TSimd.CreateBits(-SmallestBits)), Infinity - SmallestBits));
        if (hasOthers)
        {
            TSimd isSmall = x < SmallestNormal;
            value = TSimd.Select(isSmall, x * Scale, x);
            offset = isSmall & -23f;
        }

        TSimd bits = TSimd.AddBits(value, TSimd.CreateBits(-TwoThirds));
        TSimd e = TSimd.FromInteger(TSimd.ShiftBitsRight(bits, 23)) + offset;
        TSimd f = TSimd.AddBits(bits & TSimd.CreateBits(0x007FFFFF), TSimd.CreateBits(TwoThirds)) - 1f;
        TSimd p = TSimd.MultiplyAdd(-0.128782526f, f, 0.139866933f);
        p = TSimd.MultiplyAdd(p, f, -0.121874437f);
        p = TSimd.MultiplyAdd(p, f, 0.140053421f);
        p = TSimd.MultiplyAdd(p, f, -0.166802481f);
        p = TSimd.MultiplyAdd(p, f, 0.200104445f);
        p = TSimd.MultiplyAdd(p, f, -0.249998033f);
        p = TSimd.MultiplyAdd(p, f, 0.333332151f);
        p = TSimd.MultiplyAdd(p, f, -0.5f);
        TSimd result = TSimd.MultiplyAdd(e, Ln2High, f + TSimd.MultiplyAdd(f * f, p, e * Ln2Low));
        if (!hasOthers) return result;

        result = TSimd.Select(x > 0f, result, TSimd.Select(x < 0f, float.NaN, float.NegativeInfinity));
        return TSimd.Select(x < float.PositiveInfinity, result, x);                                  // ∞ and NaN stay
    }

    /// <summary>1 / (1 + e⁻ˣ), as e^−|x| / (1 + e^−|x|) below 0; 0 below −87.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Sigmoid<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        TSimd e = ExpOrZero(-TSimd.Abs(x));
        return TSimd.Select(x < 0f, e, 1f) / (1f + e);
    }

    /// <summary>tanh x: x + x³·P(x²) for |x| below 1, else 1 − 2e / (1 + e) with e = e^−2|x|, and the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Tanh<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        TSimd z = x * x, size = TSimd.Abs(x);
        TSimd p = TSimd.MultiplyAdd(-0.000358611229f, z, 0.00230192975f);
        p = TSimd.MultiplyAdd(p, z, -0.00794689357f);
        p = TSimd.MultiplyAdd(p, z, 0.0214871988f);
        p = TSimd.MultiplyAdd(p, z, -0.0538799912f);
        p = TSimd.MultiplyAdd(p, z, 0.133323476f);
        p = TSimd.MultiplyAdd(p, z, -0.333332956f);
        TSimd small = TSimd.MultiplyAdd(p * z, x, x);

        TSimd e = ClampedExp(-2f * size), q = e / (1f + e);
        q += TSimd.MultiplyAdd(-q, e, e - q);                                                        // what the sum 1 + e has lost
        TSimd large = TSimd.MultiplyAdd(-2f, q, 1f);
        return TSimd.Select(size < EndOfPolynomial, small, large) | SignOf(x);
    }

    /// <summary>The error function: x + x·P(x²) for |x| below 1, else 1 − erfc |x| with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Erf<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        TSimd size = TSimd.Abs(x), large = (1f - Erfc(size)) | SignOf(x);
        return TSimd.Select(size < EndOfPolynomial, SmallErf(x), large);
    }

    /// <summary>Φ(x) = ½·(1 + erf(x / √2)), the normal distribution, without cancellation where it is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd NormalDistribution<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        TSimd u = x * 0.70710678f, size = TSimd.Abs(u), tail = 0.5f * Erfc(size);
        return TSimd.Select(size < EndOfPolynomial, TSimd.MultiplyAdd(0.5f, SmallErf(u), 0.5f), TSimd.Select(u < 0f, tail, 1f - tail));
    }

    // eˣ for x up to 88, and e⁻⁸⁷ below −87
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd ClampedExp<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        x = TSimd.Max(LeastExponent, x);
        TSimd shifted = TSimd.MultiplyAdd(x, Log2E, ToInteger), n = shifted - ToInteger;
        TSimd r = TSimd.MultiplyAdd(n, -Ln2Low, TSimd.MultiplyAdd(n, -Ln2High, x));
        return ExpOfRest(r) * PowerOfTwo(shifted);
    }

    // eʳ = 1 + r + r²·P(r) for |r| ≤ ½ ln 2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd ExpOfRest<TSimd>(TSimd r) where TSimd : struct, ISimd<TSimd>
    {
        TSimd p = TSimd.MultiplyAdd(0.00138209772f, r, 0.00836867001f);
        p = TSimd.MultiplyAdd(p, r, 0.0416682623f);
        p = TSimd.MultiplyAdd(p, r, 0.166665211f);
        p = TSimd.MultiplyAdd(p, r, 0.49999994f);
        p = TSimd.MultiplyAdd(p, r, 1f);
        return TSimd.MultiplyAdd(p, r, 1f);
    }

    // The last bits of an integer n from −126 to 127 that was shifted by ToInteger are n.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd PowerOfTwo<TSimd>(TSimd shifted) where TSimd : struct, ISimd<TSimd> => TSimd.AddBits(TSimd.ShiftBitsLeft(shifted, 23), 1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd SmallErf<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        TSimd z = x * x;
        TSimd p = TSimd.MultiplyAdd(7.8098863e-05f, z, -0.000799845962f);
        p = TSimd.MultiplyAdd(p, z, 0.00518720085f);
        p = TSimd.MultiplyAdd(p, z, -0.0268533546f);
        p = TSimd.MultiplyAdd(p, z, 0.112835787f);
        p = TSimd.MultiplyAdd(p, z, -0.37612626f);
        p = TSimd.MultiplyAdd(p, z, 0.128379166f);
        return TSimd.MultiplyAdd(p, x, x);                                                           // 2/√π is 1 and this: the 1 adds no rounding
    }

    // erfc x for x ≥ 1, 0 above 4: the exponential of Q(t) = ln erfc(t + c), kept in two parts. At c, near 1, ln erfc is a float but for 2·10⁻¹².
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Erfc<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        const float Center = 1.00016832f, AtCenter = -1.85004973f;
        TSimd t = x - Center;
        TSimd q = TSimd.MultiplyAdd(-1.54567188e-05f, t, 0.00024581622f);
        q = TSimd.MultiplyAdd(q, t, -0.00189395668f);
        q = TSimd.MultiplyAdd(q, t, 0.0098925326f);
        q = TSimd.MultiplyAdd(q, t, -0.0414606705f);
        q = TSimd.MultiplyAdd(q, t, -0.84315455f);
        q = TSimd.MultiplyAdd(q, t, -2.63924909f);
        TSimd high = TSimd.MultiplyAdd(q, t, AtCenter), low = TSimd.MultiplyAdd(q, t, AtCenter - high);

        TSimd shifted = TSimd.MultiplyAdd(high, Log2E, ToInteger), n = shifted - ToInteger;
        TSimd r = TSimd.MultiplyAdd(n, -Ln2High, high) + TSimd.MultiplyAdd(n, -Ln2Low, low);
        return TSimd.AndNot(ExpOfRest(r) * PowerOfTwo(shifted), x > EndOfErf);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd SignOf<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => x & -0f;
}
