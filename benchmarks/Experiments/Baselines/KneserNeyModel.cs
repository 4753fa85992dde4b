namespace NlpPretrain.Experiments.Baselines;

/// <summary>An n-gram language model with interpolated modified Kneser-Ney smoothing.</summary>
/// <remarks>
/// <para>
/// p(w | h) = (c(hw) − D(c(hw)))/c(h) + γ(h)·p(w | h′), γ(h) = Σ_w D(c(hw))/c(h), with c(h) = Σ_w c(hw) and h′ the history without its first word;
/// below one word p is 1/V. c counts appearances where hw has the model's length, and the different words before hw where it is shorter.
/// </para>
/// <para>Source: Chen and Goodman 1999, "An empirical study of smoothing techniques for language modeling".</para>
/// </remarks>
internal sealed class KneserNeyModel
{
    private readonly NGramCounts _counts;
    private readonly Discounts[] _discounts;
    private readonly int[][] _totals;
    private readonly double[][] _reserved;

    /// <param name="counts">The n-grams.</param>
    /// <param name="length">Words of the longest n-gram used: the history is one word shorter.</param>
    public KneserNeyModel(NGramCounts counts, int length)
    {
        (_counts, Length) = (counts, length);
        _discounts = new Discounts[length + 1];
        (_totals, _reserved) = (new int[length + 1][], new double[length + 1][]);
        for (int n = 1; n <= length; n++)
        {
            NGramTable table = counts.Table(n);
            ReadOnlySpan<int> values = Values(n);
            int contexts = n == 1 ? 1 : counts.Table(n - 1).Count;
            (_discounts[n], _totals[n], _reserved[n]) = (Discounts.Estimate(values), new int[contexts], new double[contexts]);
            for (int number = 0; number < values.Length; number++)
            {
                int context = table.ContextOf(number);
                _totals[n][context] += values[number];
                _reserved[n][context] += _discounts[n].Of(values[number]);
            }
        }
    }

    public int Length { get; }

    /// <summary>p(word | history), from the last words of the history.</summary>
    public double Probability(ReadOnlySpan<int> history, int word)
    {
        double probability = 1.0 / _counts.VocabularySize;
        for (int n = 1; n <= Math.Min(Length, history.Length + 1); n++)
        {
            int context = _counts.Find(history[^(n - 1)..]);
            if (context < 0 || _totals[n][context] == 0) break;                               // then no longer history was seen either

            int number = _counts.Table(n).Find(context, word);
            int count = number < 0 ? 0 : Values(n)[number];
            probability = (count - _discounts[n].Of(count) + _reserved[n][context] * probability) / _totals[n][context];
        }

        return probability;
    }

    /// <summary>−Σ ln p of a stream, each word after all that are before it.</summary>
    public double Nats(ReadOnlySpan<int> words)
    {
        double nats = 0;
        for (int position = 0; position < words.Length; position++)
            nats -= Math.Log(Probability(words[Math.Max(0, position - Length + 1)..position], words[position]));
        return nats;
    }

    private ReadOnlySpan<int> Values(int n) => n == Length ? _counts.Table(n).Counts : _counts.Table(n).PrecedingWords;
}
