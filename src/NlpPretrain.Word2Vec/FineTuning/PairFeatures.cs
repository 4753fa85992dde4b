namespace NlpPretrain.Word2Vec;

/// <summary>The features [u, v, |u − v|, u ⊙ v] of two text vectors, [4D].</summary>
internal static class PairFeatures
{
    public static int Count(int dimensions) => checked(4 * dimensions);

    public static void Forward(ReadOnlySpan<float> u, ReadOnlySpan<float> v, Span<float> features)
    {
        int d = u.Length;
        u.CopyTo(features);
        v.CopyTo(features[d..]);
        for (int k = 0; k < d; k++)
        {
            features[2 * d + k] = Math.Abs(u[k] - v[k]);
            features[3 * d + k] = u[k] * v[k];
        }
    }

    // With g the gradient of the features: ∂L/∂u = g₁ + g₃ ⊙ sign(u − v) + g₄ ⊙ v and ∂L/∂v = g₂ − g₃ ⊙ sign(u − v) + g₄ ⊙ u.
    public static void Backward(ReadOnlySpan<float> u, ReadOnlySpan<float> v, ReadOnlySpan<float> g, Span<float> uGradient, Span<float> vGradient)
    {
        int d = u.Length;
        for (int k = 0; k < d; k++)
        {
            float slope = g[2 * d + k], difference = u[k] > v[k] ? slope : u[k] < v[k] ? -slope : 0;
            uGradient[k] = g[k] + difference + g[3 * d + k] * v[k];
            vGradient[k] = g[d + k] - difference + g[3 * d + k] * u[k];
        }
    }
}
