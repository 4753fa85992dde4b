namespace NlpPretrain.Word2Vec;

/// <summary>The features [|u − v|, u ⊙ v, cos(u, v)] of two text vectors, [2D + 1]: the same for either order.</summary>
internal static class SimilarityFeatures
{
    public static int Count(int dimensions) => checked(2 * dimensions + 1);

    public static void Forward(ReadOnlySpan<float> u, ReadOnlySpan<float> v, Span<float> features)
    {
        int d = u.Length;
        for (int k = 0; k < d; k++)
        {
            features[k] = Math.Abs(u[k] - v[k]);
            features[d + k] = u[k] * v[k];
        }

        (double uu, double vv, double uv) = Products(u, v);
        double norms = Math.Sqrt(uu) * Math.Sqrt(vv);
        features[2 * d] = norms == 0 ? 0 : (float)(uv / norms);
    }

    // ∂cos/∂u = v/(|u||v|) − cos·u/|u|², and the same with u and v exchanged; nothing where either is zeros.
    public static void Backward(ReadOnlySpan<float> u, ReadOnlySpan<float> v, ReadOnlySpan<float> g, Span<float> uGradient, Span<float> vGradient)
    {
        int d = u.Length;
        (double uu, double vv, double uv) = Products(u, v);
        double norms = Math.Sqrt(uu) * Math.Sqrt(vv);
        bool zero = norms == 0;
        double across = zero ? 0 : g[2 * d] / norms;
        double alongU = zero ? 0 : across * uv / uu, alongV = zero ? 0 : across * uv / vv;
        for (int k = 0; k < d; k++)
        {
            float slope = g[k], difference = u[k] > v[k] ? slope : u[k] < v[k] ? -slope : 0;
            uGradient[k] = (float)(difference + g[d + k] * v[k] + across * v[k] - alongU * u[k]);
            vGradient[k] = (float)(-difference + g[d + k] * u[k] + across * u[k] - alongV * v[k]);
        }
    }

    private static (double UU, double VV, double UV) Products(ReadOnlySpan<float> u, ReadOnlySpan<float> v)
    {
        double uu = 0, vv = 0, uv = 0;
        for (int k = 0; k < u.Length; k++)
        {
            uu += (double)u[k] * u[k];
            vv += (double)v[k] * v[k];
            uv += (double)u[k] * v[k];
        }

        return (uu, vv, uv);
    }
}
