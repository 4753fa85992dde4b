using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

/// <summary>What a register is to compute, lane by lane.</summary>
[InlineArray(16)]
internal unsafe struct ScalarSimd : ISimd<ScalarSimd>
{
    private float _lane;

    public static bool IsSupported => true;

    public static ScalarSimd Create(float value) => Each(_ => value);

    public static ScalarSimd CreateBits(int bits) => Each(_ => Float(bits));

    public static ScalarSimd Load(float* source) => Each(i => source[i]);

    public static ScalarSimd LoadFirst(float* source, int count) => Each(i => i < count ? source[i] : 0);

    public readonly void Store(float* target) => StoreFirst(target, 16);

    public readonly void StoreFirst(float* target, int count)
    {
        for (int i = 0; i < Math.Min(count, 16); i++) target[i] = this[i];
    }

    public static ScalarSimd FirstLanes(int count) => Each(i => Mask(i < count));

    public static implicit operator ScalarSimd(float value) => Create(value);

    public static ScalarSimd operator +(ScalarSimd left, ScalarSimd right) => Each(i => left[i] + right[i]);

    public static ScalarSimd operator -(ScalarSimd left, ScalarSimd right) => Each(i => left[i] - right[i]);

    public static ScalarSimd operator *(ScalarSimd left, ScalarSimd right) => Each(i => left[i] * right[i]);

    public static ScalarSimd operator /(ScalarSimd left, ScalarSimd right) => Each(i => left[i] / right[i]);

    public static ScalarSimd operator -(ScalarSimd value) => Each(i => Float(Bits(value[i]) ^ int.MinValue));

    public static ScalarSimd MultiplyAdd(ScalarSimd a, ScalarSimd b, ScalarSimd c) => Each(i => MathF.FusedMultiplyAdd(a[i], b[i], c[i]));

    public static ScalarSimd Sqrt(ScalarSimd value) => Each(i => MathF.Sqrt(value[i]));

    public static ScalarSimd Abs(ScalarSimd value) => Each(i => MathF.Abs(value[i]));

    public static ScalarSimd Max(ScalarSimd left, ScalarSimd right) => Each(i => left[i] > right[i] ? left[i] : right[i]);

    public static ScalarSimd Min(ScalarSimd left, ScalarSimd right) => Each(i => left[i] < right[i] ? left[i] : right[i]);

    public static ScalarSimd Scale(ScalarSimd value, ScalarSimd n) => Each(i => MathF.ScaleB(value[i], (int)n[i]));

    public static ScalarSimd operator <(ScalarSimd left, ScalarSimd right) => Each(i => Mask(left[i] < right[i]));

    public static ScalarSimd operator >(ScalarSimd left, ScalarSimd right) => Each(i => Mask(left[i] > right[i]));

    public static ScalarSimd operator <=(ScalarSimd left, ScalarSimd right) => Each(i => Mask(left[i] <= right[i]));

    public static ScalarSimd operator >=(ScalarSimd left, ScalarSimd right) => Each(i => Mask(left[i] >= right[i]));

    public static ScalarSimd AreEqual(ScalarSimd left, ScalarSimd right) => Each(i => Mask(left[i] == right[i]));

    public static ScalarSimd Select(ScalarSimd mask, ScalarSimd where, ScalarSimd elsewhere) =>
        Each(i => Float((Bits(mask[i]) & Bits(where[i])) | (~Bits(mask[i]) & Bits(elsewhere[i]))));

    public static ScalarSimd operator &(ScalarSimd left, ScalarSimd right) => Each(i => Float(Bits(left[i]) & Bits(right[i])));

    public static ScalarSimd operator |(ScalarSimd left, ScalarSimd right) => Each(i => Float(Bits(left[i]) | Bits(right[i])));

    public static ScalarSimd operator ^(ScalarSimd left, ScalarSimd right) => Each(i => Float(Bits(left[i]) ^ Bits(right[i])));

    public static ScalarSimd AndNot(ScalarSimd value, ScalarSimd mask) => Each(i => Float(Bits(value[i]) & ~Bits(mask[i])));

    public static ScalarSimd AddBits(ScalarSimd left, ScalarSimd right) => Each(i => Float(Bits(left[i]) + Bits(right[i])));

    public static ScalarSimd ShiftBitsLeft(ScalarSimd value, [ConstantExpected] int count) => Each(i => Float(Bits(value[i]) << count));

    public static ScalarSimd ShiftBitsRight(ScalarSimd value, [ConstantExpected] int count) => Each(i => Float(Bits(value[i]) >> count));

    public static ScalarSimd FromInteger(ScalarSimd bits) => Each(i => Bits(bits[i]));

    public static ScalarSimd AreBitsAtLeast(ScalarSimd value, uint limit) => Each(i => Mask((uint)Bits(value[i]) >= limit));

    public static ScalarSimd Count64(ulong first, ulong step) => Each64(i => first + (ulong)i * step);

    public static ScalarSimd XorShift64(ScalarSimd value, [ConstantExpected] int count) => Each64(i => At64(value, i) ^ (At64(value, i) >> count));

    public static ScalarSimd Multiply64(ScalarSimd value, ulong factor) => Each64(i => At64(value, i) * factor);

    public static bool Any(ScalarSimd mask) => Enumerable.Range(0, 16).Any(i => Bits(mask[i]) < 0);

    public static float Sum(ScalarSimd v)
    {
        float[] fours = [.. Enumerable.Range(0, 4).Select(i => v[4 * i] + v[4 * i + 2] + (v[4 * i + 1] + v[4 * i + 3]))];
        return fours[0] + fours[2] + (fours[1] + fours[3]);
    }

    public static float Largest(ScalarSimd v)
    {
        float[] lanes = [.. Enumerable.Range(0, 4).Select(i => Larger(Larger(v[i], v[i + 8]), Larger(v[i + 4], v[i + 12])))];
        return Larger(Larger(lanes[0], lanes[2]), Larger(lanes[1], lanes[3]));

        static float Larger(float left, float right) => left > right ? left : right;
    }

    public static float First(ScalarSimd value) => value[0];

    private static ScalarSimd Each(Func<int, float> lane)
    {
        ScalarSimd result = default;
        for (int i = 0; i < 16; i++) result[i] = lane(i);
        return result;
    }

    private static ScalarSimd Each64(Func<int, ulong> lane) => Each(i => Float((int)(lane(i / 2) >> (i % 2 * 32))));

    private static ulong At64(ScalarSimd value, int i) => (uint)Bits(value[2 * i]) | ((ulong)(uint)Bits(value[2 * i + 1]) << 32);

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);

    private static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);

    private static float Mask(bool isSet) => Float(isSet ? -1 : 0);
}
