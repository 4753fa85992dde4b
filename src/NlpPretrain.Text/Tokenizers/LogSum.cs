namespace NlpPretrain.Text;

/// <summary>Functions of probabilities' logarithms, by portable functions.</summary>
internal static class LogSum
{
    /// <summary>log(exp a + exp b); either may be −∞.</summary>
    internal static double Of(double a, double b)
    {
        double high = Math.Max(a, b), low = Math.Min(a, b);
        return double.IsNegativeInfinity(low) ? high : high + PortableLog.Of(1 + PortableExp.Of(low - high));
    }

    /// <summary>The derivative of log Γ, for x above 0.</summary>
    /// <remarks>ψ(x) = ψ(x + 1) − 1/x up to x ≥ 7; then, with y = x − ½, log y + 1/24 y⁻² − 7/960 y⁻⁴ + 31/8064 y⁻⁶ − 127/30720 y⁻⁸.</remarks>
    internal static double Digamma(double x)
    {
        double result = 0;
        for (; x < 7; x++) result -= 1 / x;
        x -= 0.5;
        double inverse = 1 / (x * x);
        return result + PortableLog.Of(x) + inverse * (1.0 / 24 - inverse * (7.0 / 960 - inverse * (31.0 / 8064 - inverse * (127.0 / 30720))));
    }
}
