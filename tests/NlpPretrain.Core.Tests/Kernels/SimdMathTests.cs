using System.Runtime.Intrinsics;
using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

public sealed class SimdMathTests
{
    // Every 1,009th float of the range that training can reach; each error in units of the last place of the correct value.
    [Theory]
    [InlineData("exp", -87f, 88f, 1.0)]
    [InlineData("sigmoid", -87f, 87f, 2.5)]
    [InlineData("log", 1.2e-38f, 3e38f, 2.0)]
    public void Is_within_a_few_ulps_of_the_double_precision_function(string name, float least, float most, double ulps)
    {
        (Func<Vector512<float>, Vector512<float>> fast, Func<double, double> exact) = name switch
        {
            "exp" => ((Func<Vector512<float>, Vector512<float>>)SimdMath.Exp, (Func<double, double>)Math.Exp),
            "sigmoid" => (SimdMath.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
            _ => (SimdMath.Log, Math.Log),
        };

        double worst = 0;
        for (long bits = 0; bits <= uint.MaxValue; bits += 1009)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            if (!(x >= least && x <= most) || !float.IsNormal(x)) continue;

            double expected = exact(x);
            double error = Math.Abs(fast(Vector512.Create(x))[3] - expected) / Math.Max(MathF.BitIncrement(MathF.Abs((float)expected)) - MathF.Abs((float)expected), 1e-37);
            worst = Math.Max(worst, error);
        }

        worst.Should().BeLessThan(ulps);
    }

    [Fact]
    public void Sum4_adds_each_vector_in_the_order_of_Sum()
    {
        Random random = new(1);
        for (int round = 0; round < 1_000; round++)
        {
            Vector512<float>[] v = [.. Enumerable.Range(0, 4).Select(_ => Vector512.Create([.. Enumerable.Range(0, 16).Select(_ => random.NextSingle() - 0.5f)]))];

            Vector128<float> sums = SimdMath.Sum4(v[0], v[1], v[2], v[3]);

            for (int i = 0; i < 4; i++)
            {
                BitConverter.SingleToInt32Bits(sums[i]).Should().Be(BitConverter.SingleToInt32Bits(Reference(v[i])));
                BitConverter.SingleToInt32Bits(SimdMath.Sum(v[i])).Should().Be(BitConverter.SingleToInt32Bits(Reference(v[i])));
            }
        }

        static float Reference(Vector512<float> v)
        {
            float[] quarter = new float[4];
            for (int q = 0; q < 4; q++) quarter[q] = v[4 * q] + v[4 * q + 2] + (v[4 * q + 1] + v[4 * q + 3]);
            return quarter[0] + quarter[2] + (quarter[1] + quarter[3]);
        }
    }

    [Theory]
    [InlineData(0.75)]
    [InlineData(-1.5)]
    [InlineData(2)]
    public void PortableMath_Pow_agrees_with_the_library(double exponent)
    {
        for (double x = 1; x < 1e12; x *= 1.37)
        {
            PortableMath.Pow(x, exponent).Should().BeApproximately(Math.Pow(x, exponent), Math.Pow(x, exponent) * 2e-14);
        }
    }
}
