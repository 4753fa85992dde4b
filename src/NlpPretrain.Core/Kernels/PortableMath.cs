namespace NlpPretrain.Kernels;

/// <summary>Double-precision functions with the same bits on every processor, for tables made once.</summary>
/// <remarks><see cref="Math"/> calls the system's library, whose last bit depends on the processor. These use IEEE operations only.</remarks>
public static class PortableMath
{
    private const double Ln2High = 0.693147180369123816490, Ln2Low = 1.90821492927058770002e-10;

    /// <summary>x to the power y, within a few units in the last place.</summary>
    /// <param name="x">Base, positive and normal.</param>
    /// <param name="y">Exponent.</param>
    public static double Pow(double x, double y) => Exp(y * Log(x));

    /// <summary>The natural logarithm of a positive, normal x.</summary>
    /// <param name="x">A positive, normal number.</param>
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x) - 0x3FE6A09E667F3BCD;                 // the bits of √½
        int e = (int)(bits >> 52);
        double m = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD);
        double s = (m - 1) / (m + 1), z = s * s, sum = 0;
        for (int k = 23; k >= 3; k -= 2) sum = (sum + 2.0 / k) * z;
        return e * Ln2High + (e * Ln2Low + s * sum + 2 * s);
    }

    /// <summary>eˣ for x in [−700, 700].</summary>
    /// <param name="x">The exponent; clamped to its range.</param>
    public static double Exp(double x)
    {
        x = Math.Clamp(x, -700, 700);
        double n = Math.Round(x / (Ln2High + Ln2Low));
        double r = x - n * Ln2High - n * Ln2Low, sum = 1;
        for (int k = 16; k >= 1; k--) sum = 1 + sum * r / k;
        return sum * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }
}
