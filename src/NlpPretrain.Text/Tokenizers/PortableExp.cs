namespace NlpPretrain.Text;

/// <summary>The exponential function by additions, multiplications and one division, so that its bits do not depend on the system's library.</summary>
internal static class PortableExp
{
    private const double LogOfTwoHigh = 6.93147180369123816490e-01, LogOfTwoLow = 1.90821492927058770002e-10, OneOverLogOfTwo = 1.44269504088896338700;

    /// <summary>exp x, for an x of at most 700; exact to a few units in the last place, and 0 where the result would be subnormal.</summary>
    /// <remarks>With x = k·log 2 + r, |r| ≤ ½ log 2: exp x = 2ᵏ·(1 + r + r²/2! + … + r¹³/13!).</remarks>
    internal static double Of(double x)
    {
        if (x < -708) return 0;

        double k = Math.Round(x * OneOverLogOfTwo);
        double r = x - k * LogOfTwoHigh - k * LogOfTwoLow;
        double series = 1;
        for (int i = 13; i >= 1; i--) series = 1 + series * r / i;
        return series * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }
}
