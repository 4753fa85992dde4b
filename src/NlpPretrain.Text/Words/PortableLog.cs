namespace NlpPretrain.Text;

/// <summary>The natural logarithm by additions, multiplications and one division, so that its bits do not depend on the system's library.</summary>
internal static class PortableLog
{
    private const double LogOfTwo = 0.69314718055994530942;

    /// <summary>log x, for a finite x above 0 that is not subnormal; exact to a few units in the last place.</summary>
    /// <remarks>With x = m·2ᵉ, √½ ≤ m &lt; √2 and s = (m − 1)/(m + 1): log x = e·log 2 + 2·(s + s³/3 + s⁵/5 + …), |s| &lt; 0.172.</remarks>
    internal static double Of(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & ((1L << 52) - 1)) | (1023L << 52));
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double series = 0;
        for (int odd = 23; odd >= 3; odd -= 2) series = (series + 1.0 / odd) * square;
        return exponent * LogOfTwo + 2 * (s + s * series);
    }
}
