using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Goldens;

/// <summary>Models against a golden file: weights from it, and values within 1e-5 of it, both each value and relative by norm.</summary>
internal static class GoldenModels
{
    internal const double Tolerance = 1e-5;

    internal static void Fill(this GoldenFile golden, IReadOnlyList<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            parameter.Shape.Should().Be(golden.ShapeOf($"input.{parameter.Name}"));
            golden.Singles($"input.{parameter.Name}").CopyTo(parameter.Data);
        }
    }

    internal static void Check(this GoldenFile golden, ITestOutputHelper output, string tensor, ReadOnlySpan<float> ours) => golden.Check(output, tensor, ours, golden.Doubles(tensor));

    internal static void Check(this GoldenFile golden, ITestOutputHelper output, string tensor, ReadOnlySpan<float> ours, double[] expected)
    {
        ours.Length.Should().Be(expected.Length, tensor);
        double difference = 0, norm = 0, largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(ours[i] - expected[i]);
            (difference, norm, largest) = (difference + error * error, norm + expected[i] * expected[i], Math.Max(largest, error));
        }

        output.WriteLine(FormattableString.Invariant($"FIGURE golden/{golden.Name}/{tensor} relative {Math.Sqrt(difference / norm):E1}, largest {largest:E1} goal {Tolerance:E0}"));
        Math.Max(largest, Math.Sqrt(difference / norm)).Should().BeLessThan(Tolerance, $"{golden.Name}, {tensor}");
    }
}
