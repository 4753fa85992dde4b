using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

public unsafe class SimdTests
{
    private static readonly float[] Special =
    [
        0f, -0f, float.Epsilon, -float.Epsilon, 1.1754942e-38f, 1.17549435e-38f, -1.17549435e-38f, 1f, -1f, 1.0000001f, 0.99999994f, 1.5f, -2.5f, 3f, 16_777_217f, -8_388_609f,
        1e-20f, 1e20f, 3.4e38f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0.1f, -0.3f, 12_582_913f, 1e-45f, 127f, -126f, 0.70710678f, -7.25f,
    ];

    public static TheoryData<string> Names => [.. Widths.Names];

    // Each of the special values meets each other one, and sums and products of them.
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_operation_is_that_of_its_lanes(string name)
    {
        float[] a = new float[16], b = new float[16], c = new float[16];
        for (int shift = 0; shift < 2 * Special.Length; shift++)
        {
            for (int start = 0; start < Special.Length; start += 16)
            {
                for (int i = 0; i < 16; i++)
                {
                    (a[i], b[i]) = (Special[start + i], Special[(start + i + shift) % Special.Length]);
                    c[i] = shift < Special.Length ? Special[(start + i + 3 * shift + 1) % Special.Length] : -(a[i] * b[i]);
                }

                OperationsCase ours = new() { A = a, B = b, C = c, Results = [] }, expected = ours with { Results = [] };
                Widths.Run(name, ref ours);
                Widths.Run(nameof(ScalarSimd), ref expected);

                foreach ((string operation, float[] values) in expected.Results) Widths.ShouldBe(ours.Results[operation], values, operation);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Scaling_rounds_once_into_the_subnormal_numbers_and_to_infinity(string name)
    {
        for (int n = -252; n <= 252; n++)
        {
            ScaleCase ours = new() { N = n, Result = new float[16] }, expected = new() { N = n, Result = new float[16] };
            Widths.Run(name, ref ours);
            Widths.Run(nameof(ScalarSimd), ref expected);
            Widths.ShouldBe(ours.Result, expected.Result, $"times 2^{n}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parts_of_registers_touch_no_other_memory(string name)
    {
        for (int count = -1; count <= 17; count++)
        {
            PartsCase ours = new() { Count = count, Result = new float[48] };
            Array.Fill(ours.Result, 7);
            Widths.Run(name, ref ours);

            for (int i = 0; i < 48; i++) ours.Result[i].Should().Be(i % 16 < count ? i % 16 + 1 : i < 16 ? 0 : 7, $"of {count} lanes, value {i}");
        }
    }

    [Fact]
    public void A_kernel_has_the_same_bits_at_every_width_and_with_every_remainder()
    {
        using Workers workers = new(1);
        for (int size = 1; size <= 33; size++)
        {
            float[] x = [.. Enumerable.Range(0, size).Select(i => Special[(i * 7 + size) % Special.Length])], expected = new float[size], given = new float[size];
            fixed (float* source = x, target = expected, other = given)
            {
                Widths.Run(nameof(ScalarSimd), new Squares { X = source, Y = target, Size = size }, 1);
                foreach (string name in Widths.Names)
                {
                    Array.Fill(given, 9);
                    Widths.Run(name, new Squares { X = source, Y = other, Size = size }, 1);
                    Widths.ShouldBe(given, expected, name);
                }

                Array.Fill(given, 9);
                Squares work = new() { X = source, Y = other, Size = size };
                workers.For(1, ref work);
                Widths.ShouldBe(given, expected, "the width in use");
            }
        }
    }

    private struct Squares : ISimdPieces
    {
        internal float* X, Y;
        internal int Size;

        public readonly void Run(int piece) => Simd.Run(this, piece);

        public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
        {
            int i = 0;
            for (; i <= Size - 16; i += 16) Square(TSimd.Load(X + i)).Store(Y + i);
            if (i < Size) Square(TSimd.LoadFirst(X + i, Size - i)).StoreFirst(Y + i, Size - i);

            static TSimd Square(TSimd x) => TSimd.MultiplyAdd(x, x, 1f);
        }
    }

    private struct OperationsCase : IWidthCase
    {
        internal float[] A, B, C;
        internal Dictionary<string, float[]> Results;

        public readonly void Run<TSimd>() where TSimd : struct, ISimd<TSimd>
        {
            TSimd a = From<TSimd>(A), b = From<TSimd>(B), c = From<TSimd>(C), mask = a < b;
            Keep("+", a + b);
            Keep("-", a - b);
            Keep("*", a * b);
            Keep("/", a / b);
            Keep("negative", -a);
            Keep("fused", TSimd.MultiplyAdd(a, b, c));
            Keep("root", TSimd.Sqrt(a));
            Keep("size", TSimd.Abs(a));
            Keep("most", TSimd.Max(a, b));
            Keep("least", TSimd.Min(a, b));
            Keep("<", TSimd.Select(mask, 2f, c));
            Keep(">", TSimd.Select(a > b, 2f, c));
            Keep("<=", TSimd.Select(a <= b, 2f, c));
            Keep(">=", TSimd.Select(a >= b, 2f, c));
            Keep("=", TSimd.Select(TSimd.AreEqual(a, b), 2f, c));
            Keep("&", mask & c);
            Keep("|", mask | c);
            Keep("^", a ^ b);
            Keep("without", TSimd.AndNot(c, mask));
            Keep("bits", TSimd.CreateBits(0x40490FDB));
            Keep("sum of bits", TSimd.AddBits(a, b));
            Keep("left", TSimd.ShiftBitsLeft(a, 5));
            Keep("right", TSimd.ShiftBitsRight(a, 23));
            Keep("integer", TSimd.FromInteger(a));
            Keep("unsigned", TSimd.Select(TSimd.AreBitsAtLeast(a, 0x80000001), 2f, c));
            Keep("count", TSimd.Count64(0xFFFFFFFF_00000003, 0x9E3779B97F4A7C15));
            Keep("xor", TSimd.XorShift64(TSimd.Count64(5, 0x9E3779B97F4A7C15), 27));
            Keep("product", TSimd.Multiply64(TSimd.Count64(5, 0x9E3779B97F4A7C15), 0xBF58476D1CE4E5B9));
            Results["any"] = [TSimd.Any(mask) ? 1 : 0, TSimd.Any(a ^ a) ? 1 : 0, TSimd.Any(TSimd.AndNot(TSimd.FirstLanes(16), TSimd.FirstLanes(15))) ? 1 : 0];
            Results["folds"] = [TSimd.Sum(a), TSimd.Sum(a + b), TSimd.Largest(a), TSimd.Largest(b), TSimd.First(a)];
        }

        private static TSimd From<TSimd>(float[] values) where TSimd : struct, ISimd<TSimd>
        {
            fixed (float* x = values) return TSimd.Load(x);
        }

        private readonly void Keep<TSimd>(string operation, TSimd value) where TSimd : struct, ISimd<TSimd>
        {
            float[] lanes = Results[operation] = new float[16];
            fixed (float* x = lanes) value.Store(x);
        }
    }

    private struct ScaleCase : IWidthCase
    {
        internal int N;
        internal float[] Result;

        public readonly void Run<TSimd>() where TSimd : struct, ISimd<TSimd>
        {
            float[] values = [.. Enumerable.Range(0, 16).Select(i => i == 15 ? float.NaN : 0.7071f + i * 0.0937f)];
            fixed (float* x = values, y = Result) TSimd.Scale(TSimd.Load(x), TSimd.Create(N)).Store(y);
        }
    }

    private struct PartsCase : IWidthCase
    {
        internal int Count;
        internal float[] Result;

        public readonly void Run<TSimd>() where TSimd : struct, ISimd<TSimd>
        {
            float[] values = [.. Enumerable.Range(1, 16).Select(i => (float)i)];
            fixed (float* x = values, y = Result)
            {
                TSimd.LoadFirst(x, Count).Store(y);
                TSimd.Load(x).StoreFirst(y + 16, Count);
                (TSimd.FirstLanes(Count) & TSimd.Load(x)).Store(y + 32);
                for (int i = 32; i < 48; i++) y[i] = y[i] == 0 ? 7 : y[i];
            }
        }
    }
}
