using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Initialization;

public class InitializersTests
{
    [Theory]
    [InlineData("normal", 0.02, 0.02)]
    [InlineData("truncated", 0.02, 0.0175925)]               // a normal cut at two deviations has 0.87963 of its deviation
    [InlineData("uniform", 0.3, 0.173205)]                   // range / √3
    [InlineData("xavier-uniform", 0, 0.0632456)]             // √(2 / (200 + 300))
    [InlineData("xavier-normal", 0, 0.0632456)]
    public void Has_the_moments_it_should(string kind, double scale, double deviation)
    {
        Shape shape = new(200, 300);
        float[] values = Fill(kind switch
        {
            "normal" => Initializers.Normal(scale),
            "truncated" => Initializers.TruncatedNormal(scale),
            "uniform" => Initializers.Uniform(scale),
            "xavier-uniform" => Initializers.XavierUniform,
            _ => Initializers.XavierNormal,
        }, shape);

        double mean = values.Average(x => (double)x), variance = values.Average(x => (double)x * x) - mean * mean;
        mean.Should().BeApproximately(0, 4 * deviation / Math.Sqrt(values.Length));
        Math.Sqrt(variance).Should().BeApproximately(deviation, 0.015 * deviation);
        if (kind == "truncated") values.Max(Math.Abs).Should().BeLessThanOrEqualTo((float)(2 * scale));
    }

    [Fact]
    public void Normal_values_follow_the_distribution()
    {
        float[] values = Fill(Initializers.Normal(1), new(40_000));
        foreach ((double below, double probability) in new[] { (-2.0, 0.022750), (-1.0, 0.158655), (0.0, 0.5), (0.5, 0.691462), (1.5, 0.933193) })
            (values.Count(x => x < below) / 40_000.0).Should().BeApproximately(probability, 0.01);
    }

    [Theory]
    [InlineData(12, 30)]
    [InlineData(30, 12)]
    [InlineData(17, 17)]
    public void Orthogonal_rows_or_columns_are_at_right_angles(int rows, int columns)
    {
        float[] w = Fill(Initializers.Orthogonal(2), new(rows, columns));
        bool byRows = rows <= columns;
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b <= a; b++)
                Enumerable.Range(0, length).Sum(k => (double)At(a, k) * At(b, k)).Should().BeApproximately(a == b ? 4 : 0, 1e-5);
        }

        float At(int vector, int k) => byRows ? w[vector * columns + k] : w[k * columns + vector];
    }

    [Fact]
    public void Equal_seeds_give_equal_bits_and_parameters_differ()
    {
        RandomStreams first = new(1), second = new(1);
        float[] a = Fill(Initializers.Normal(1), new(50), first.Next()), b = Fill(Initializers.Normal(1), new(50), second.Next());
        b.Should().Equal(a);
        Fill(Initializers.Normal(1), new(50), first.Next()).Should().NotEqual(a);
    }

    [Fact]
    public void Refuses_deviations_that_are_none()
    {
        new Action(() => Initializers.Normal(0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("The deviation is 0*");
        new Action(() => Initializers.Orthogonal(double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static float[] Fill(Initializer initializer, Shape shape, RandomStream? random = null)
    {
        float[] values = new float[shape.Size];
        initializer(values, shape, random ?? new RandomStreams(3).Next());
        return values;
    }
}
