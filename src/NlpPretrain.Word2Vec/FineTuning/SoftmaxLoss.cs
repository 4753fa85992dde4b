using NlpPretrain.Kernels;

namespace NlpPretrain.Word2Vec;

/// <summary>The cross entropy of the softmax of a head's scores.</summary>
internal static class SoftmaxLoss
{
    /// <summary>L = −log p of the true class, and ∂L/∂sₖ = pₖ − [k is the true class].</summary>
    public static double Compute(ReadOnlySpan<float> scores, int label, Span<float> gradient)
    {
        double highest = double.NegativeInfinity, sum = 0;
        foreach (float score in scores) highest = Math.Max(highest, score);
        foreach (float score in scores) sum += PortableMath.Exp(score - highest);
        for (int k = 0; k < scores.Length; k++)
        {
            gradient[k] = (float)(PortableMath.Exp(scores[k] - highest) / sum - (k == label ? 1 : 0));
        }

        return PortableMath.Log(sum) - (scores[label] - highest);
    }
}
