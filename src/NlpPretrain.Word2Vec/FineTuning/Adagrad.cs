namespace NlpPretrain.Word2Vec;

/// <summary>w ← w − η·g/(√G + ε) with G ← G + g², element by element.</summary>
/// <remarks>
/// Source: Duchi, Hazan and Singer 2011. It suits words: a rare word's vector moves as far as a frequent word's, and a row without a gradient does not move at all.
/// </remarks>
internal static class Adagrad
{
    private const float Epsilon = 1e-8f;

    /// <param name="weights">w, changed in place.</param>
    /// <param name="gradient">A sum of gradients; zeros afterwards.</param>
    /// <param name="squares">G, kept from step to step.</param>
    /// <param name="scale">What the sum is multiplied with to give g.</param>
    /// <param name="rate">η.</param>
    public static void Step(Span<float> weights, Span<float> gradient, Span<float> squares, float scale, float rate)
    {
        for (int k = 0; k < weights.Length; k++)
        {
            float g = gradient[k] * scale;
            squares[k] += g * g;
            weights[k] -= rate * g / (MathF.Sqrt(squares[k]) + Epsilon);
        }

        gradient.Clear();
    }
}
