using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NlpPretrain.Kernels;

/// <summary>16 lanes in four registers of arm64, or of x64 with FMA.</summary>
internal readonly unsafe struct Simd128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : ISimd<Simd128>
{
    private readonly Vector128<float> _a = a, _b = b, _c = c, _d = d;

    public static bool IsSupported => AdvSimd.IsSupported || Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Create(float value) => new(Vector128.Create(value), Vector128.Create(value), Vector128.Create(value), Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 CreateBits(int bits) => Create(BitConverter.Int32BitsToSingle(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Load(float* source) => new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 LoadFirst(float* source, int count) => Avx.IsSupported
        ? new(
            Avx.MaskLoad(source, Lanes(count)), Avx.MaskLoad(source + 4, Lanes(count - 4)),
            Avx.MaskLoad(source + 8, Lanes(count - 8)), Avx.MaskLoad(source + 12, Lanes(count - 12)))
        : RowEnd.Load<Simd128>(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target)
    {
        _a.Store(target);
        _b.Store(target + 4);
        _c.Store(target + 8);
        _d.Store(target + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreFirst(float* target, int count)
    {
        if (Avx.IsSupported)
        {
            Avx.MaskStore(target, Lanes(count), _a);
            Avx.MaskStore(target + 4, Lanes(count - 4), _b);
            Avx.MaskStore(target + 8, Lanes(count - 8), _c);
            Avx.MaskStore(target + 12, Lanes(count - 12), _d);
        }
        else
        {
            RowEnd.Store(target, this, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 FirstLanes(int count) => new(Lanes(count), Lanes(count - 4), Lanes(count - 8), Lanes(count - 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Simd128(float value) => Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator +(Simd128 left, Simd128 right) => new(left._a + right._a, left._b + right._b, left._c + right._c, left._d + right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator -(Simd128 left, Simd128 right) => new(left._a - right._a, left._b - right._b, left._c - right._c, left._d - right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator *(Simd128 left, Simd128 right) => new(left._a * right._a, left._b * right._b, left._c * right._c, left._d * right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator /(Simd128 left, Simd128 right) => new(left._a / right._a, left._b / right._b, left._c / right._c, left._d / right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator -(Simd128 value) => value ^ Create(-0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 MultiplyAdd(Simd128 a, Simd128 b, Simd128 c) => new(
            Vector128.FusedMultiplyAdd(a._a, b._a, c._a), Vector128.FusedMultiplyAdd(a._b, b._b, c._b),
            Vector128.FusedMultiplyAdd(a._c, b._c, c._c), Vector128.FusedMultiplyAdd(a._d, b._d, c._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Sqrt(Simd128 value) => new(Vector128.Sqrt(value._a), Vector128.Sqrt(value._b), Vector128.Sqrt(value._c), Vector128.Sqrt(value._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Abs(Simd128 value) => new(Vector128.Abs(value._a), Vector128.Abs(value._b), Vector128.Abs(value._c), Vector128.Abs(value._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Max(Simd128 left, Simd128 right) =>
        new(Max(left._a, right._a), Max(left._b, right._b), Max(left._c, right._c), Max(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Min(Simd128 left, Simd128 right) =>
        new(Min(left._a, right._a), Min(left._b, right._b), Min(left._c, right._c), Min(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Scale(Simd128 value, Simd128 n) => new(Scale(value._a, n._a), Scale(value._b, n._b), Scale(value._c, n._c), Scale(value._d, n._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator <(Simd128 left, Simd128 right) => new(
            Vector128.LessThan(left._a, right._a), Vector128.LessThan(left._b, right._b),
            Vector128.LessThan(left._c, right._c), Vector128.LessThan(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator >(Simd128 left, Simd128 right) => new(
            Vector128.GreaterThan(left._a, right._a), Vector128.GreaterThan(left._b, right._b),
            Vector128.GreaterThan(left._c, right._c), Vector128.GreaterThan(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator <=(Simd128 left, Simd128 right) => new(
            Vector128.LessThanOrEqual(left._a, right._a), Vector128.LessThanOrEqual(left._b, right._b),
            Vector128.LessThanOrEqual(left._c, right._c), Vector128.LessThanOrEqual(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator >=(Simd128 left, Simd128 right) => new(
            Vector128.GreaterThanOrEqual(left._a, right._a), Vector128.GreaterThanOrEqual(left._b, right._b),
            Vector128.GreaterThanOrEqual(left._c, right._c), Vector128.GreaterThanOrEqual(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 AreEqual(Simd128 left, Simd128 right) => new(
            Vector128.Equals(left._a, right._a), Vector128.Equals(left._b, right._b),
            Vector128.Equals(left._c, right._c), Vector128.Equals(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Select(Simd128 mask, Simd128 where, Simd128 elsewhere) => new(
            Vector128.ConditionalSelect(mask._a, where._a, elsewhere._a), Vector128.ConditionalSelect(mask._b, where._b, elsewhere._b),
            Vector128.ConditionalSelect(mask._c, where._c, elsewhere._c), Vector128.ConditionalSelect(mask._d, where._d, elsewhere._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator &(Simd128 left, Simd128 right) => new(left._a & right._a, left._b & right._b, left._c & right._c, left._d & right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator |(Simd128 left, Simd128 right) => new(left._a | right._a, left._b | right._b, left._c | right._c, left._d | right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator ^(Simd128 left, Simd128 right) => new(left._a ^ right._a, left._b ^ right._b, left._c ^ right._c, left._d ^ right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 AndNot(Simd128 value, Simd128 mask) => new(
            Vector128.AndNot(value._a, mask._a), Vector128.AndNot(value._b, mask._b),
            Vector128.AndNot(value._c, mask._c), Vector128.AndNot(value._d, mask._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 AddBits(Simd128 left, Simd128 right) => new(
            (left._a.AsInt32() + right._a.AsInt32()).AsSingle(), (left._b.AsInt32() + right._b.AsInt32()).AsSingle(),
            (left._c.AsInt32() + right._c.AsInt32()).AsSingle(), (left._d.AsInt32() + right._d.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 ShiftBitsLeft(Simd128 value, [ConstantExpected] int count) => new(
            (value._a.AsInt32() << count).AsSingle(), (value._b.AsInt32() << count).AsSingle(),
            (value._c.AsInt32() << count).AsSingle(), (value._d.AsInt32() << count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 ShiftBitsRight(Simd128 value, [ConstantExpected] int count) => new(
            (value._a.AsInt32() >> count).AsSingle(), (value._b.AsInt32() >> count).AsSingle(),
            (value._c.AsInt32() >> count).AsSingle(), (value._d.AsInt32() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 FromInteger(Simd128 bits) => new(
            Vector128.ConvertToSingle(bits._a.AsInt32()), Vector128.ConvertToSingle(bits._b.AsInt32()),
            Vector128.ConvertToSingle(bits._c.AsInt32()), Vector128.ConvertToSingle(bits._d.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 AreBitsAtLeast(Simd128 value, uint limit)
    {
        Vector128<uint> least = Vector128.Create(limit);
        return new(Vector128.GreaterThanOrEqual(value._a.AsUInt32(), least).AsSingle(), Vector128.GreaterThanOrEqual(value._b.AsUInt32(), least).AsSingle(), Vector128.GreaterThanOrEqual(value._c.AsUInt32(), least).AsSingle(), Vector128.GreaterThanOrEqual(value._d.AsUInt32(), least).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Count64(ulong first, ulong step)
    {
        Vector128<ulong> steps = step * Vector128<ulong>.Indices;
        return new((Vector128.Create(first) + steps).AsSingle(), (Vector128.Create(first + 2 * step) + steps).AsSingle(), (Vector128.Create(first + 4 * step) + steps).AsSingle(), (Vector128.Create(first + 6 * step) + steps).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 XorShift64(Simd128 value, [ConstantExpected] int count) => new(
            (value._a.AsUInt64() ^ (value._a.AsUInt64() >>> count)).AsSingle(),
            (value._b.AsUInt64() ^ (value._b.AsUInt64() >>> count)).AsSingle(),
            (value._c.AsUInt64() ^ (value._c.AsUInt64() >>> count)).AsSingle(),
            (value._d.AsUInt64() ^ (value._d.AsUInt64() >>> count)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Multiply64(Simd128 value, ulong factor) => new(
            (value._a.AsUInt64() * factor).AsSingle(), (value._b.AsUInt64() * factor).AsSingle(),
            (value._c.AsUInt64() * factor).AsSingle(), (value._d.AsUInt64() * factor).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd128 mask) => Vector128.ExtractMostSignificantBits(mask._a | mask._b | (mask._c | mask._d)) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Simd128 value)
    {
        Vector128<float> sum = InFours(value._a) + InFours(value._c) + (InFours(value._b) + InFours(value._d));
        return sum.ToScalar();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<float> InFours(Vector128<float> x)
        {
            x += Vector128.Shuffle(x, Vector128.Create(2, 3, 0, 1));
            return x + Vector128.Shuffle(x, Vector128.Create(1, 0, 3, 2));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Simd128 value)
    {
        Vector128<float> most = Max(Max(value._a, value._c), Max(value._b, value._d));
        most = Max(most, Vector128.Shuffle(most, Vector128.Create(2, 3, 0, 1)));
        return Max(most, Vector128.Shuffle(most, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Simd128 value) => value._a.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Max(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.Max(left, right) : Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Min(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.Min(left, right) : Vector128.ConditionalSelect(Vector128.LessThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lanes(int count) => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Scale(Vector128<float> value, Vector128<float> n)
    {
        Vector128<int> whole = Vector128.ConvertToInt32Native(n), half = whole >> 1, bias = Vector128.Create(127);
        return value * ((half + bias) << 23).AsSingle() * ((whole - half + bias) << 23).AsSingle();
    }
}
