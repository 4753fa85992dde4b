using System.Globalization;
using System.Text;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class DecimalFloatTests
{
    [Fact]
    public void Reads_what_the_runtime_reads()
    {
        var random = new Random(5);
        for (int round = 0; round < 200_000; round++)
        {
            float value = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            float usual = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 5)));
            Check(value.ToString("R", CultureInfo.InvariantCulture));
            Check(usual.ToString("R", CultureInfo.InvariantCulture));
            Check(usual.ToString("F6", CultureInfo.InvariantCulture));
            Check(((double)usual).ToString("F12", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Rounding twice goes wrong just where a double is midway between two floats.</summary>
    [Fact]
    public void Rounds_once_where_rounding_twice_would_err()
    {
        var random = new Random(6);
        for (int round = 0; round < 100_000; round++)
        {
            float below = (float)random.NextDouble() + 0.5f;
            decimal midway = ((decimal)(double)below + (decimal)(double)MathF.BitIncrement(below)) / 2;
            Check(midway.ToString(CultureInfo.InvariantCulture));
            Check((midway + 0.0000000000000000001m).ToString(CultureInfo.InvariantCulture));
            Check((midway - 0.0000000000000000001m).ToString(CultureInfo.InvariantCulture));
            string sixteen = midway.ToString("F16", CultureInfo.InvariantCulture);
            Check(sixteen);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("+1.5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1E-05")]
    [InlineData("1e39")]
    [InlineData("9007199254740993")]
    [InlineData("16777217")]
    [InlineData("00000000000000000000001.5")]
    [InlineData("0.00000000000000000000000000000000000000000000117549435")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("0x10")]
    public void Agrees_on_special_forms(string text) => Check(text);

    private static void Check(string text)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        bool isNumber = float.TryParse(text, Styles, CultureInfo.InvariantCulture, out float expected);
        bool isRead = DecimalFloat.TryParse(Encoding.UTF8.GetBytes(text), out float actual);
        if (isRead != isNumber || BitConverter.SingleToInt32Bits(actual) != BitConverter.SingleToInt32Bits(expected))
        {
            Assert.Fail($"'{text}': expected {isNumber} {expected:R}, found {isRead} {actual:R}.");
        }
    }
}
