using NlpPretrain.Kernels;

namespace NlpPretrain.Word2Vec;

/// <summary>The softmax of a head's scores, and its cross entropy.</summary>
internal static class Softmax
{
    /// <summary>pₖ = exp(sₖ − m)/Σ exp(sⱼ − m), with m the highest score.</summary>
    public static void Probabilities(ReadOnlySpan<float> scores, Span<double> probabilities)
    {
        double highest = Highest(scores), sum = 0;
        for (int k = 0; k < scores.Length; k++) sum += probabilities[k] = PortableMath.Exp(scores[k] - highest);
        for (int k = 0; k < scores.Length; k++) probabilities[k] /= sum;
    }

    /// <summary>L = −log p of the true class, and ∂L/∂sₖ = pₖ − [k is the true class].</summary>
    public static double Loss(ReadOnlySpan<float> scores, int label, Span<float> gradient)
    {
        double highest = Highest(scores), sum = 0;
        foreach (float score in scores) sum += PortableMath.Exp(score - highest);
        for (int k = 0; k < scores.Length; k++)
        {
            gradient[k] = (float)(PortableMath.Exp(scores[k] - highest) / sum - (k == label ? 1 : 0));
        }

        return PortableMath.Log(sum) - (scores[label] - highest);
    }

    private static double Highest(ReadOnlySpan<float> scores)
    {
        double highest = double.NegativeInfinity;
        foreach (float score in scores) highest = Math.Max(highest, score);
        return highest;
    }
}
