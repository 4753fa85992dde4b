using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NlpPretrain.Kernels;

/// <summary>16 lanes in two registers of AVX2 with FMA.</summary>
internal readonly unsafe struct Simd256(Vector256<float> low, Vector256<float> high) : ISimd<Simd256>
{
    private readonly Vector256<float> _low = low, _high = high;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Create(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 CreateBits(int bits) => Create(BitConverter.Int32BitsToSingle(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LoadFirst(float* source, int count) => Avx.IsSupported
        ? new(Avx.MaskLoad(source, Lanes(count)), Avx.MaskLoad(source + 8, Lanes(count - 8)))
        : RowEnd.Load<Simd256>(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target)
    {
        _low.Store(target);
        _high.Store(target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreFirst(float* target, int count)
    {
        if (Avx.IsSupported)
        {
            Avx.MaskStore(target, Lanes(count), _low);
            Avx.MaskStore(target + 8, Lanes(count - 8), _high);
        }
        else
        {
            RowEnd.Store(target, this, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 FirstLanes(int count) => new(Lanes(count), Lanes(count - 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Simd256(float value) => Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator +(Simd256 left, Simd256 right) => new(left._low + right._low, left._high + right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator -(Simd256 left, Simd256 right) => new(left._low - right._low, left._high - right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator *(Simd256 left, Simd256 right) => new(left._low * right._low, left._high * right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator /(Simd256 left, Simd256 right) => new(left._low / right._low, left._high / right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator -(Simd256 value) => value ^ Create(-0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 MultiplyAdd(Simd256 a, Simd256 b, Simd256 c) => new(
            Vector256.FusedMultiplyAdd(a._low, b._low, c._low),
            Vector256.FusedMultiplyAdd(a._high, b._high, c._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Sqrt(Simd256 value) => new(Vector256.Sqrt(value._low), Vector256.Sqrt(value._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Abs(Simd256 value) => new(Vector256.Abs(value._low), Vector256.Abs(value._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Max(Simd256 left, Simd256 right) => Avx.IsSupported
        ? new(Avx.Max(left._low, right._low), Avx.Max(left._high, right._high))
        : Select(left > right, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Min(Simd256 left, Simd256 right) => Avx.IsSupported
        ? new(Avx.Min(left._low, right._low), Avx.Min(left._high, right._high))
        : Select(left < right, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Scale(Simd256 value, Simd256 n) => new(Scale(value._low, n._low), Scale(value._high, n._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator <(Simd256 left, Simd256 right) => new(Vector256.LessThan(left._low, right._low), Vector256.LessThan(left._high, right._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator >(Simd256 left, Simd256 right) => new(Vector256.GreaterThan(left._low, right._low), Vector256.GreaterThan(left._high, right._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator <=(Simd256 left, Simd256 right) => new(
            Vector256.LessThanOrEqual(left._low, right._low),
            Vector256.LessThanOrEqual(left._high, right._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator >=(Simd256 left, Simd256 right) => new(
            Vector256.GreaterThanOrEqual(left._low, right._low),
            Vector256.GreaterThanOrEqual(left._high, right._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 AreEqual(Simd256 left, Simd256 right) => new(Vector256.Equals(left._low, right._low), Vector256.Equals(left._high, right._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Select(Simd256 mask, Simd256 where, Simd256 elsewhere) => new(
            Vector256.ConditionalSelect(mask._low, where._low, elsewhere._low),
            Vector256.ConditionalSelect(mask._high, where._high, elsewhere._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator &(Simd256 left, Simd256 right) => new(left._low & right._low, left._high & right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator |(Simd256 left, Simd256 right) => new(left._low | right._low, left._high | right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator ^(Simd256 left, Simd256 right) => new(left._low ^ right._low, left._high ^ right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 AndNot(Simd256 value, Simd256 mask) => new(Vector256.AndNot(value._low, mask._low), Vector256.AndNot(value._high, mask._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 AddBits(Simd256 left, Simd256 right) => new(
            (left._low.AsInt32() + right._low.AsInt32()).AsSingle(),
            (left._high.AsInt32() + right._high.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 ShiftBitsLeft(Simd256 value, [ConstantExpected] int count) => new(
            (value._low.AsInt32() << count).AsSingle(),
            (value._high.AsInt32() << count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 ShiftBitsRight(Simd256 value, [ConstantExpected] int count) => new(
            (value._low.AsInt32() >> count).AsSingle(),
            (value._high.AsInt32() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 FromInteger(Simd256 bits) => new(Vector256.ConvertToSingle(bits._low.AsInt32()), Vector256.ConvertToSingle(bits._high.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 AreBitsAtLeast(Simd256 value, uint limit)
    {
        Vector256<uint> least = Vector256.Create(limit);
        return new(Vector256.GreaterThanOrEqual(value._low.AsUInt32(), least).AsSingle(), Vector256.GreaterThanOrEqual(value._high.AsUInt32(), least).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Count64(ulong first, ulong step)
    {
        Vector256<ulong> steps = step * Vector256<ulong>.Indices;
        return new((Vector256.Create(first) + steps).AsSingle(), (Vector256.Create(first + 4 * step) + steps).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 XorShift64(Simd256 value, [ConstantExpected] int count) => new(
            (value._low.AsUInt64() ^ (value._low.AsUInt64() >>> count)).AsSingle(),
            (value._high.AsUInt64() ^ (value._high.AsUInt64() >>> count)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Multiply64(Simd256 value, ulong factor) => new((value._low.AsUInt64() * factor).AsSingle(), (value._high.AsUInt64() * factor).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd256 mask) => Vector256.ExtractMostSignificantBits(mask._low | mask._high) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Simd256 value)
    {
        Vector256<float> sum = InFours(value._low) + InFours(value._high);
        return (sum.GetLower() + sum.GetUpper()).ToScalar();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> InFours(Vector256<float> x)
        {
            x += Vector256.Shuffle(x, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5));
            return x + Vector256.Shuffle(x, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Simd256 value) =>
        Simd128.Largest(new(value._low.GetLower(), value._low.GetUpper(), value._high.GetLower(), value._high.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Simd256 value) => value._low.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Lanes(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scale(Vector256<float> value, Vector256<float> n)
    {
        Vector256<int> whole = Vector256.ConvertToInt32Native(n), half = whole >> 1, bias = Vector256.Create(127);
        return value * ((half + bias) << 23).AsSingle() * ((whole - half + bias) << 23).AsSingle();
    }
}
