using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Samples.TwoLanguages;

/// <summary>A rotation from the vectors of one language to those of another, and the search for translations with it.</summary>
/// <remarks>
/// W = U·Vᵀ with U·Σ·Vᵀ = Xᵀ·Y, where the rows of X and Y are the unit vectors of a lexicon: of all orthogonal maps the one with the least
/// ‖X·W − Y‖ (the orthogonal Procrustes problem). CSLS(x, y) = 2·cos(x, y) − r(x) − r(y), r the mean cosine to the nearest ten words of the
/// other language: words that are near to everything are no good translations. Source: Conneau et al. 2018, arXiv:1710.04087.
/// </remarks>
internal sealed class LanguageMap
{
    private const int Neighbourhood = 10;

    private readonly float[][] _mapped, _targets;
    private readonly float[] _targetDensity;

    private LanguageMap(float[][] mapped, float[][] targets)
    {
        (_mapped, _targets) = (mapped, targets);
        _targetDensity = [.. targets.AsParallel().AsOrdered().Select(target => Density(target, mapped))];
    }

    public static LanguageMap Learn(WordVectors source, WordVectors target, IReadOnlyCollection<WordPair> lexicon)
    {
        float[][] sources = CentredUnits(source), targets = CentredUnits(target);
        Matrix<float> x = Matrix<float>.Build.DenseOfRowArrays(lexicon.Select(pair => sources[pair.Source]));   // [L, D]
        Matrix<float> y = Matrix<float>.Build.DenseOfRowArrays(lexicon.Select(pair => targets[pair.Target]));   // [L, D]
        var svd = x.TransposeThisAndMultiply(y).Svd();
        Matrix<float> rotation = svd.U * svd.VT;                                                                // [D, D]
        return new LanguageMap((Matrix<float>.Build.DenseOfRowArrays(sources) * rotation).ToRowArrays(), targets);
    }

    /// <summary>The target words that are best for a source word, the best first.</summary>
    public int[] Translate(int word, int count, bool csls)
    {
        // r(x) is the same for every candidate and changes no order.
        float[] scores = [.. _targets.Select((target, index) =>
            csls ? 2 * TensorPrimitives.Dot<float>(_mapped[word], target) - _targetDensity[index] : TensorPrimitives.Dot<float>(_mapped[word], target))];
        return [.. Enumerable.Range(0, scores.Length).OrderByDescending(index => scores[index]).Take(count)];
    }

    private static float Density(float[] vector, float[][] others)
    {
        float[] nearest = [.. others.Select(other => TensorPrimitives.Dot<float>(vector, other)).OrderDescending().Take(Neighbourhood)];
        return TensorPrimitives.Sum<float>(nearest) / nearest.Length;
    }

    private static float[][] CentredUnits(WordVectors vectors)
    {
        float[][] units = [.. Enumerable.Range(0, vectors.Count).Select(word => Unit(vectors.Row(word)))];
        float[] mean = new float[vectors.Dimensions];
        foreach (float[] unit in units) TensorPrimitives.Add(mean, unit, mean);
        TensorPrimitives.Divide(mean, units.Length, mean);
        foreach (float[] unit in units) TensorPrimitives.Subtract(unit, mean, unit);
        return [.. units.Select(unit => Unit(unit))];
    }

    private static float[] Unit(ReadOnlySpan<float> vector)
    {
        float[] unit = vector.ToArray();
        TensorPrimitives.Divide(unit, Math.Max(TensorPrimitives.Norm(vector), float.Epsilon), unit);
        return unit;
    }
}
