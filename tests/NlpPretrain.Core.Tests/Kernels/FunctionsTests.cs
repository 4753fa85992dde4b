using System.Runtime.Intrinsics;
using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

/// <summary>One float in 4,001 of all there are, against double precision; benchmarks/NlpPretrain.Benchmarks -- sweep takes every one.</summary>
public class FunctionsTests
{
    private const uint Stride = 4_001;

    [Fact]
    public void Exp() => Sweep(Functions.Exp, Math.Exp, 1);

    [Fact]
    public void Log() => Sweep(Functions.Log, Math.Log, 1);

    [Fact]
    public void Tanh() => Sweep(Functions.Tanh, Math.Tanh, 1);

    [Fact]
    public void Erf() => Sweep(Functions.Erf, x => double.IsNaN(x) ? x : Math.Abs(x) < 0.5 ? SmallErf(x) : 1 - ActivationTests.Erfc(x), 1.1);

    [Fact]
    public void Ends_of_the_range()
    {
        At(Functions.Exp, 88.7228f).Should().BeApproximately(3.4027e38f, 1e35f);
        At(Functions.Exp, 88.73f).Should().Be(float.PositiveInfinity);
        At(Functions.Exp, -103.9f).Should().Be(float.Epsilon);
        At(Functions.Exp, -104.5f).Should().Be(0);
        At(Functions.Exp, float.NegativeInfinity).Should().Be(0);
        At(Functions.Log, 0).Should().Be(float.NegativeInfinity);
        At(Functions.Log, -1).Should().Be(float.NaN);
        At(Functions.Log, float.PositiveInfinity).Should().Be(float.PositiveInfinity);
        At(Functions.Log, 1).Should().Be(0);
        At(Functions.Tanh, float.PositiveInfinity).Should().Be(1);
        At(Functions.Erf, float.NegativeInfinity).Should().Be(-1);
        BitConverter.SingleToInt32Bits(At(Functions.Tanh, -0f)).Should().Be(BitConverter.SingleToInt32Bits(-0f));
        BitConverter.SingleToInt32Bits(At(Functions.Erf, -0f)).Should().Be(BitConverter.SingleToInt32Bits(-0f));
    }

    private static float At(Func<Vector512<float>, Vector512<float>> function, float x) => function(Vector512.Create(x))[7];

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

    private static void Sweep(Func<Vector512<float>, Vector512<float>> ours, Func<double, double> exact, double most)
    {
        (double Error, float At) worst = (0, 0);
        for (ulong bits = 0; bits < 1UL << 32; bits += Stride)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            double error = Error(At(ours, x), exact(x));
            if (error > worst.Error) worst = (error, x);
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
}
