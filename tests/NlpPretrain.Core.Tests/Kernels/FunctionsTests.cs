using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

/// <summary>One float in 4,001 of all there are, against double precision; benchmarks/NlpPretrain.Benchmarks -- sweep takes every one.</summary>
public unsafe class FunctionsTests
{
    private const uint Stride = 4_001;

    private interface IFunction
    {
        static abstract TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>;
    }

    public static TheoryData<string> Names => [.. Widths.Names];

    [Fact]
    public void Exp() => Sweep<ExpFunction>(Math.Exp, 1);

    [Fact]
    public void Log() => Sweep<LogFunction>(Math.Log, 1);

    [Fact]
    public void Tanh() => Sweep<TanhFunction>(Math.Tanh, 1);

    [Fact]
    public void Erf() => Sweep<ErfFunction>(x => double.IsNaN(x) ? x : Math.Abs(x) < 0.5 ? SmallErf(x) : 1 - ActivationTests.Erfc(x), 1);

    [Fact]
    public void Sigmoid() => Sweep<SigmoidFunction>(x => x < -87 ? 0 : 1 / (1 + Math.Exp(-x)), 2.5);

    // x / √2 is rounded, and the tail is e to the power of its square, 16 at the end.
    [Fact]
    public void Normal_distribution() => Sweep<NormalFunction>(x => (float)x * 0.70710678f < -4 ? 0 : double.IsNaN(x) ? x : x > 9 ? 1 : 0.5 * ActivationTests.Erfc(-x / Math.Sqrt(2)), 60);

    [Fact]
    public void Exponentials_of_a_softmax_are_those_of_Exp_from_minus_87_to_88()
    {
        for (float x = -87; x <= 88; x += 0.00037f) At<ExpOrZeroFunction>(x).Should().Be(At<ExpFunction>(x));
        At<ExpOrZeroFunction>(-87.00001f).Should().Be(0);
        At<ExpOrZeroFunction>(float.NegativeInfinity).Should().Be(0);
        At<ExpOrZeroFunction>(float.NaN).Should().Be(float.NaN);
    }

    [Fact]
    public void Ends_of_the_range()
    {
        At<ExpFunction>(88.7228f).Should().BeApproximately(3.4027e38f, 1e35f);
        At<ExpFunction>(88.73f).Should().Be(float.PositiveInfinity);
        At<ExpFunction>(float.PositiveInfinity).Should().Be(float.PositiveInfinity);
        At<ExpFunction>(-103.9f).Should().Be(float.Epsilon);
        At<ExpFunction>(-104.5f).Should().Be(0);
        At<ExpFunction>(float.NegativeInfinity).Should().Be(0);
        At<LogFunction>(0).Should().Be(float.NegativeInfinity);
        At<LogFunction>(-0f).Should().Be(float.NegativeInfinity);
        At<LogFunction>(-1).Should().Be(float.NaN);
        At<LogFunction>(float.NegativeInfinity).Should().Be(float.NaN);
        At<LogFunction>(float.PositiveInfinity).Should().Be(float.PositiveInfinity);
        At<LogFunction>(1).Should().Be(0);
        At<TanhFunction>(float.PositiveInfinity).Should().Be(1);
        At<ErfFunction>(float.NegativeInfinity).Should().Be(-1);
        At<SigmoidFunction>(float.NegativeInfinity).Should().Be(0);
        At<SigmoidFunction>(float.PositiveInfinity).Should().Be(1);
        BitConverter.SingleToInt32Bits(At<TanhFunction>(-0f)).Should().Be(BitConverter.SingleToInt32Bits(-0f));
        BitConverter.SingleToInt32Bits(At<ErfFunction>(-0f)).Should().Be(BitConverter.SingleToInt32Bits(-0f));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_width_has_the_bits_of_plain_loops(string name)
    {
        Compare<ExpFunction>(name);
        Compare<ExpOrZeroFunction>(name);
        Compare<LogFunction>(name);
        Compare<TanhFunction>(name);
        Compare<SigmoidFunction>(name);
        Compare<ErfFunction>(name);
        Compare<NormalFunction>(name);
    }

    private static float At<TFunction>(float x) where TFunction : struct, IFunction
    {
        float[] values = [.. Enumerable.Repeat(x, 16)];
        fixed (float* at = values) new MapPieces<TFunction> { X = at, Size = 16 }.Run(0);
        return values[7];
    }

    // 2/√π·e^−x²·Σ 2ⁿ·x²ⁿ⁺¹ / (1·3·5 … (2n + 1))
    private static double SmallErf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 25; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static float[] EveryFloat(uint stride)
    {
        float[] x = new float[(uint)((1UL << 32) / stride) & ~15u];
        for (int i = 0; i < x.Length; i++) x[i] = BitConverter.UInt32BitsToSingle((uint)i * stride);
        return x;
    }

    private static void Compare<TFunction>(string name) where TFunction : struct, IFunction
    {
        float[] given = EveryFloat(1_000_003), expected = [.. given];
        fixed (float* x = given, y = expected)
        {
            Widths.Run(name, new MapPieces<TFunction> { X = x, Size = given.Length }, 1);
            Widths.Run(nameof(ScalarSimd), new MapPieces<TFunction> { X = y, Size = given.Length }, 1);
        }

        Widths.ShouldBe(given, expected, typeof(TFunction).Name);
    }

    private static void Sweep<TFunction>(Func<double, double> exact, double most) where TFunction : struct, IFunction
    {
        float[] x = EveryFloat(Stride), y = [.. x];
        fixed (float* values = y) new MapPieces<TFunction> { X = values, Size = y.Length }.Run(0);

        (double Error, float At) worst = (0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            double error = Error(y[i], exact(x[i]));
            if (error > worst.Error) worst = (error, x[i]);
        }

        worst.Error.Should().BeLessThan(most, $"in units of the last place; the worst is at {worst.At}");
    }

    private static double Error(float ours, double exact)
    {
        float rounded = (float)exact, size = MathF.Abs(rounded);
        if (float.IsNaN(rounded) || float.IsNaN(ours)) return float.IsNaN(rounded) == float.IsNaN(ours) ? 0 : double.PositiveInfinity;
        if (float.IsInfinity(rounded) || float.IsInfinity(ours)) return ours == rounded ? 0 : double.PositiveInfinity;
        return Math.Abs(ours - exact) / (MathF.BitIncrement(size) - size);
    }

    private struct MapPieces<TFunction> : ISimdPieces where TFunction : struct, IFunction
    {
        internal float* X;
        internal int Size;

        public readonly void Run(int piece) => Simd.Run(this, piece);

        public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
        {
            for (int i = 0; i < Size; i += 16) TFunction.Value(TSimd.Load(X + i)).Store(X + i);
        }
    }

    private readonly struct ExpFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Exp(x);
    }

    private readonly struct ExpOrZeroFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.ExpOrZero(x);
    }

    private readonly struct LogFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Log(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Tanh(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Sigmoid(x);
    }

    private readonly struct ErfFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Erf(x);
    }

    private readonly struct NormalFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.NormalDistribution(x);
    }
}
