namespace NlpPretrain.Word2Vec;

/// <summary>The result of a word similarity test.</summary>
/// <param name="Pearson">Correlation of cosines with people's scores; NaN where fewer than two pairs are covered or either is constant.</param>
/// <param name="Spearman">Correlation of their ranks, equal values sharing the mean rank; NaN likewise.</param>
/// <param name="Covered">Pairs whose words are both known: only these count.</param>
/// <param name="Unknown">The other pairs.</param>
public sealed record WordPairResult(double Pearson, double Spearman, int Covered, int Unknown);
