using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class ActivationTests
{
    public static TheoryData<Activation> All => [.. Enum.GetValues<Activation>().Where(activation => activation != Activation.None)];

    [Theory]
    [MemberData(nameof(All))]
    public void Equals_the_formula_in_double_precision(Activation activation)
    {
        OpCheck.Run([new(7, 13)], x => Apply(activation, x[0]), x => [.. x[0].Select(v => Exact(activation, v))], scale: 3);
        OpCheck.Run([new(5, 1)], x => Apply(activation, x[0]), x => [.. x[0].Select(v => Exact(activation, v))], scale: 0.1f);
    }

    /// <summary>Value by value, in units of the last place, from −20 to 20.</summary>
    [Theory]
    [InlineData(Activation.GeluTanh, 8)]
    [InlineData(Activation.GeluExact, 8)]
    [InlineData(Activation.Tanh, 3)]
    [InlineData(Activation.Sigmoid, 4)]
    public void Is_close_everywhere(Activation activation, double mostUlps)
    {
        float[] x = [.. Enumerable.Range(-400_000, 800_001).Select(i => i / 20_000f)];
        using TensorArena arena = new(2);
        using Pass pass = Pass.Inference(arena);
        ReadOnlySpan<float> y = Apply(activation, pass.Copy(x, new(x.Length))).Data;
        double worst = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double exact = Exact(activation, x[i]), unit = Math.Max(MathF.BitIncrement(MathF.Abs((float)exact)) - MathF.Abs((float)exact), 1e-8 * Math.Abs(x[i]));
            worst = Math.Max(worst, Math.Abs(y[i] - exact) / unit);
        }

        worst.Should().BeLessThan(mostUlps);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Passes_what_is_not_a_number_on(Activation activation)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float.IsNaN(Apply(activation, pass.Copy([float.NaN], new(1))).Item).Should().BeTrue();
    }

    internal static double Exact(Activation activation, double x) => activation switch
    {
        Activation.None => x,
        Activation.Relu => Math.Max(x, 0),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        Activation.GeluExact => x * 0.5 * Erfc(-x / Math.Sqrt(2)),
        Activation.Tanh => Math.Tanh(x),
        _ => 1 / (1 + Math.Exp(-x)),
    };

    /// <summary>1 − erf x: the series of erf near 0, the continued fraction far out.</summary>
    internal static double Erfc(double x)
    {
        if (x < 0) return 2 - Erfc(-x);
        if (x > 2.5)
        {
            double fraction = 0;
            for (int k = 80; k > 0; k--) fraction = k / 2.0 / (x + fraction);
            return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
        }

        double term = x, sum = x;
        for (int n = 1; n < 80; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 1 - 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static Tensor Apply(Activation activation, Tensor x) => activation switch
    {
        Activation.Relu => x.Relu(),
        Activation.GeluTanh => x.Gelu(),
        Activation.GeluExact => x.GeluExact(),
        Activation.Tanh => x.Tanh(),
        _ => x.Sigmoid(),
    };
}
