using System.Diagnostics.CodeAnalysis;

namespace NlpPretrain.Kernels;

/// <summary>A register of 16 floats, whatever the processor's own are: kernels and functions are written over it once.</summary>
/// <remarks>
/// <para>
/// <see cref="Simd512"/> is one register of the processor, <see cref="Simd256"/> two and <see cref="Simd128"/> four. Each operation is an IEEE operation on
/// each lane, so all give the same bits; a NaN is a NaN in all, with a sign and a payload of the processor's choice.
/// </para>
/// <para>A mask has all bits of a lane set or none. Bits are the lanes' bits as 32-bit integers, or as 64-bit integers of two lanes where the name says so.</para>
/// </remarks>
/// <typeparam name="TSelf">The register.</typeparam>
internal unsafe interface ISimd<TSelf> where TSelf : struct, ISimd<TSelf>
{
    /// <summary>Whether this processor has these registers.</summary>
    static abstract bool IsSupported { get; }

    static abstract TSelf Create(float value);

    static abstract TSelf CreateBits(int bits);

    static abstract TSelf Load(float* source);

    /// <summary>The first count of 16 values, with zeros behind them; reads no other memory.</summary>
    static abstract TSelf LoadFirst(float* source, int count);

    void Store(float* target);

    /// <summary>Stores the lanes below the count, and writes no other memory.</summary>
    void StoreFirst(float* target, int count);

    /// <summary>A mask of the lanes below the count, which may be negative or above 16.</summary>
    static abstract TSelf FirstLanes(int count);

    static abstract implicit operator TSelf(float value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Turns the sign, of NaN and zero too.</summary>
    static abstract TSelf operator -(TSelf value);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Sqrt(TSelf value);

    static abstract TSelf Abs(TSelf value);

    /// <summary>left &gt; right ? left : right. So the right one where either is NaN or both are zeros.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>left &lt; right ? left : right. So the right one where either is NaN or both are zeros.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>value·2ⁿ for an integer n, rounded once: subnormal numbers, zero and infinity where the exponents of float end.</summary>
    /// <param name="value">From 0.5 to 2 in size, or NaN.</param>
    /// <param name="n">From −252 to 252.</param>
    static abstract TSelf Scale(TSelf value, TSelf n);

    static abstract TSelf operator <(TSelf left, TSelf right);

    static abstract TSelf operator >(TSelf left, TSelf right);

    static abstract TSelf operator <=(TSelf left, TSelf right);

    static abstract TSelf operator >=(TSelf left, TSelf right);

    /// <summary>A mask of equal lanes; a NaN equals nothing.</summary>
    static abstract TSelf AreEqual(TSelf left, TSelf right);

    static abstract TSelf Select(TSelf mask, TSelf where, TSelf elsewhere);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    /// <summary>value &amp; ~mask</summary>
    static abstract TSelf AndNot(TSelf value, TSelf mask);

    static abstract TSelf AddBits(TSelf left, TSelf right);

    static abstract TSelf ShiftBitsLeft(TSelf value, [ConstantExpected] int count);

    /// <summary>With the sign.</summary>
    static abstract TSelf ShiftBitsRight(TSelf value, [ConstantExpected] int count);

    /// <summary>The bits as integers, rounded to float.</summary>
    static abstract TSelf FromInteger(TSelf bits);

    /// <summary>Whether the bits, as integers without a sign, are at least the limit.</summary>
    static abstract TSelf AreBitsAtLeast(TSelf value, uint limit);

    /// <summary>Eight 64-bit integers: first, first + step and so on.</summary>
    static abstract TSelf Count64(ulong first, ulong step);

    /// <summary>z ^ (z &gt;&gt;&gt; count) of eight 64-bit integers.</summary>
    static abstract TSelf XorShift64(TSelf value, [ConstantExpected] int count);

    /// <summary>The low halves of eight 64-bit products.</summary>
    static abstract TSelf Multiply64(TSelf value, ulong factor);

    /// <summary>Whether a lane of a mask is set.</summary>
    static abstract bool Any(TSelf mask);

    /// <summary>The sum of the lanes: (0 + 2) + (1 + 3) in each four, and the fours likewise.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>The largest lane, by <see cref="Max(TSelf, TSelf)"/>: of the fours (0, 2) and (1, 3), then of the lanes that are left likewise.</summary>
    static abstract float Largest(TSelf value);

    /// <summary>Lane 0.</summary>
    static abstract float First(TSelf value);
}
