using NlpPretrain.Kernels;

namespace NlpPretrain.Training;

/// <summary>Probabilities of a head's scores, in double precision with the same bits on every processor.</summary>
public static class Softmax
{
    /// <summary>pₖ = exp(sₖ − m)/Σ exp(sⱼ − m), with m the highest score.</summary>
    /// <param name="scores">s, at least one.</param>
    /// <param name="probabilities">p, as many.</param>
    public static void Probabilities(ReadOnlySpan<float> scores, Span<double> probabilities)
    {
        double highest = double.NegativeInfinity, sum = 0;
        foreach (float score in scores) highest = Math.Max(highest, score);
        for (int k = 0; k < scores.Length; k++) sum += probabilities[k] = PortableMath.Exp(scores[k] - highest);
        for (int k = 0; k < scores.Length; k++) probabilities[k] /= sum;
    }

    /// <summary>The probabilities of some scores.</summary>
    /// <param name="scores">s, at least one.</param>
    internal static double[] Probabilities(ReadOnlySpan<float> scores)
    {
        double[] probabilities = new double[scores.Length];
        Probabilities(scores, probabilities);
        return probabilities;
    }
}
