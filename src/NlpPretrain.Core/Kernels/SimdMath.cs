using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NlpPretrain.Kernels;

/// <summary>Scalar functions on 16 values at once, with the same bits on every processor.</summary>
/// <remarks>
/// libm's results differ between processors and versions; these are fixed polynomials of fused multiply-adds, additions and
/// multiplications, so one <see cref="Vector512{T}"/>, two <see cref="Vector256{T}"/> or 16 scalars compute the same bits.
/// </remarks>
public static class SimdMath
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;             // their sum is ln 2; High has 9 bits

    /// <summary>eˣ for x in [−87, 88]; outside it is clamped to that range.</summary>
    /// <remarks>eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ½ ln 2; eʳ by its series to r⁷. Within 1 ulp.</remarks>
    /// <param name="x">16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        x = Vector512.Min(Vector512.Max(x, Vector512.Create(-87f)), Vector512.Create(88f));
        Vector512<float> n = Vector512.Round(x * Log2E);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);

        Vector512<float> p = Vector512.Create(1f / 5040);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);

        Vector512<int> exponent = Vector512.ConvertToInt32(n) + Vector512.Create(127);
        return p * Vector512.ShiftLeft(exponent, 23).AsSingle();
    }

    /// <summary>The logistic function, 1 / (1 + e⁻ˣ).</summary>
    /// <param name="x">16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    /// <summary>ln x for positive, normal x.</summary>
    /// <remarks>x = 2ᵉ·m with m in [√½, √2); ln m = 2·artanh(s) with s = (m − 1) / (m + 1), by its odd series to s⁹. Within 2 ulp.</remarks>
    /// <param name="x">16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x)
    {
        Vector512<int> bits = x.AsInt32() - Vector512.Create(0x3F3504F3);                // the bits of √½
        Vector512<float> e = Vector512.ConvertToSingle(Vector512.ShiftRightArithmetic(bits, 23));
        Vector512<float> m = ((bits & Vector512.Create(0x007FFFFF)) + Vector512.Create(0x3F3504F3)).AsSingle();
        Vector512<float> s = (m - Vector512<float>.One) / (m + Vector512<float>.One);
        Vector512<float> z = s * s;

        Vector512<float> p = Vector512.Create(2f / 9);
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(2f / 7));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(2f / 5));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(2f / 3));
        Vector512<float> tail = Vector512.FusedMultiplyAdd(p * z, s, e * Ln2Low);
        return Vector512.FusedMultiplyAdd(e, Vector512.Create(Ln2High), tail + (s + s));
    }

    /// <summary>The sums of the lanes of four vectors, each folded in one fixed tree.</summary>
    /// <remarks>
    /// Lane i of each 128-bit quarter is added as (0 + 2) + (1 + 3), then the quarters as (0 + 2) + (1 + 3): the unpacks below do this for four
    /// vectors at once, and every narrower path adds the same numbers in the same order.
    /// </remarks>
    /// <returns>(Σ a, Σ b, Σ c, Σ d)</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum4(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<float> ab = Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b);
            Vector512<float> cd = Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d);
            Vector512<float> quarters =
                Avx512F.UnpackLow(ab.AsDouble(), cd.AsDouble()).AsSingle()
                + Avx512F.UnpackHigh(ab.AsDouble(), cd.AsDouble()).AsSingle();
            Vector256<float> halves = quarters.GetLower() + quarters.GetUpper();
            return halves.GetLower() + halves.GetUpper();
        }

        return Vector128.Create(Sum(a), Sum(b), Sum(c), Sum(d));
    }

    /// <summary>The sum of the lanes, folded in the tree of <see cref="Sum4"/>.</summary>
    /// <param name="a">16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> a)
    {
        Vector128<float> q0 = a.GetLower().GetLower(), q1 = a.GetLower().GetUpper(), q2 = a.GetUpper().GetLower(), q3 = a.GetUpper().GetUpper();
        q0 = InQuarter(q0);
        q1 = InQuarter(q1);
        q2 = InQuarter(q2);
        q3 = InQuarter(q3);
        return (q0 + q2 + (q1 + q3)).ToScalar();

        static Vector128<float> InQuarter(Vector128<float> q)
        {
            Vector128<float> even = q + Vector128.Shuffle(q, Vector128.Create(2, 3, 0, 1));   // 0 + 2, 1 + 3
            return even + Vector128.Shuffle(even, Vector128.Create(1, 0, 3, 2));
        }
    }
}
