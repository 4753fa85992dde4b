using System.Runtime.Intrinsics;

namespace NlpPretrain.Word2Vec;

/// <summary>The two objectives over sixteen candidates at a time.</summary>
/// <remarks>Source: Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations" (3CosAdd and 3CosMul).</remarks>
internal static class AnalogyScore
{
    private const float Epsilon = 0.001f;

    /// <summary>The score of "a is to b as c is to x" from the cosines of x with a, b and c; −∞ where those are −∞.</summary>
    public static Vector512<float> Compute(AnalogyMethod method, Vector512<float> a, Vector512<float> b, Vector512<float> c)
    {
        // Past the last row all three are −∞, of which the formulas would make NaN.
        Vector512<float> isRow = Vector512.GreaterThanOrEqual(a, -Vector512<float>.One);
        Vector512<float> score = method == AnalogyMethod.CosAdd
            ? b - a + c
            : Shift(b) * Shift(c) / (Shift(a) + Vector512.Create(Epsilon));
        return Vector512.ConditionalSelect(isRow, score, Vector512.Create(float.NegativeInfinity));
    }

    private static Vector512<float> Shift(Vector512<float> cosine) => (cosine + Vector512<float>.One) * Vector512.Create(0.5f);
}
