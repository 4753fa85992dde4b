using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>The terms of a sum over a row.</summary>
internal interface ITerms
{
    /// <summary>Terms i to i + 15; where fewer than 16 are left, the other lanes may be anything.</summary>
    TSimd At<TSimd>(int i, int left) where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Rows of values by sixteens: sums whose bits depend on the values alone, and ends of rows that are not whole sixteens.</summary>
internal static unsafe class Row
{
    internal const int Lanes = 16;

    /// <summary>Up to 16 values; zeros in the lanes behind the row's end. Where left is the constant 16, no check is left of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Load<TSimd>(float* x, int left) where TSimd : struct, ISimd<TSimd> => left >= Lanes ? TSimd.Load(x) : TSimd.LoadFirst(x, left);

    /// <summary>Stores the lanes that are within the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<TSimd>(float* x, TSimd values, int left) where TSimd : struct, ISimd<TSimd>
    {
        if (left >= Lanes) values.Store(x);
        else values.StoreFirst(x, left);
    }

    /// <summary>The sum over a row: term i is added to virtual lane i mod 64, and the lanes are folded in one fixed tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum<TSimd, TTerms>(int count, in TTerms terms) where TSimd : struct, ISimd<TSimd> where TTerms : struct, ITerms
    {
        TSimd s0 = 0f, s1 = 0f, s2 = 0f, s3 = 0f;
        int i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            s0 += terms.At<TSimd>(i, Lanes);
            s1 += terms.At<TSimd>(i + Lanes, Lanes);
            s2 += terms.At<TSimd>(i + 2 * Lanes, Lanes);
            s3 += terms.At<TSimd>(i + 3 * Lanes, Lanes);
        }

        // Up to four registers are left, the last of them in part; after four turns each sum is in its place again.
        if (i < count)
        {
            for (int turn = 0; turn < 4; turn++, i += Lanes)
            {
                TSimd sum = i < count ? s0 + (terms.At<TSimd>(i, count - i) & TSimd.FirstLanes(count - i)) : s0;
                (s0, s1, s2, s3) = (s1, s2, s3, sum);
            }
        }

        return TSimd.Sum(s0 + s1 + (s2 + s3));
    }

    /// <summary>The bits of <see cref="Sum"/>, with the terms in the loop once: the compiler stops inlining where a method has too many variables.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float SumOfFunction<TSimd, TTerms>(int count, in TTerms terms) where TSimd : struct, ISimd<TSimd> where TTerms : struct, ITerms
    {
        TSimd s0 = 0f, s1 = 0f, s2 = 0f, s3 = 0f;
        for (int i = 0; i < count || i % (4 * Lanes) != 0; i += Lanes)
        {
            TSimd sum = i < count ? s0 + (terms.At<TSimd>(i, count - i) & TSimd.FirstLanes(count - i)) : s0;
            (s0, s1, s2, s3) = (s1, s2, s3, sum);
        }

        return TSimd.Sum(s0 + s1 + (s2 + s3));
    }

    /// <summary>The largest value of a row times a scale; NaN are passed over, so a softmax meets them in the sum instead.</summary>
    internal static float Max<TSimd>(float* x, int count, float scale = 1) where TSimd : struct, ISimd<TSimd>
    {
        TSimd m0 = float.NegativeInfinity, m1 = m0, factor = scale;
        int i = 0;
        for (; i <= count - 2 * Lanes; i += 2 * Lanes)
        {
            m0 = TSimd.Max(factor * TSimd.Load(x + i), m0);
            m1 = TSimd.Max(factor * TSimd.Load(x + i + Lanes), m1);
        }

        for (; i < count; i += Lanes)
        {
            TSimd values = TSimd.Select(TSimd.FirstLanes(count - i), factor * Load<TSimd>(x + i, count - i), float.NegativeInfinity);
            m0 = TSimd.Max(values, m0);
        }

        return TSimd.Largest(TSimd.Max(m1, m0));
    }
}
