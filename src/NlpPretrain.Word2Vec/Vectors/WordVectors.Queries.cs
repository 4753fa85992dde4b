using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

public sealed partial class WordVectors
{
    /// <summary>The words whose vectors have the largest cosine with a word's, best first, without the word itself.</summary>
    /// <param name="word">A known word.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="options">Candidates and threads; null for the defaults.</param>
    /// <returns>Words with their cosine. Of equal cosines the lower index comes first.</returns>
    /// <exception cref="KeyNotFoundException">The word is unknown.</exception>
    public WordScore[] MostSimilar(string word, int count = 10, SearchOptions? options = null)
    {
        int index = RequireIndex(word);
        return MostSimilar(Row(index), count, options ?? SearchOptions.Default, [index]);
    }

    /// <summary>The words whose vectors have the largest cosine with a vector, best first.</summary>
    /// <param name="vector">[<see cref="Dimensions"/>], of finite values. Zeros have cosine 0 with every word.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="options">Candidates and threads; null for the defaults.</param>
    /// <returns>Words with their cosine. Of equal cosines the lower index comes first.</returns>
    /// <exception cref="ArgumentException">The vector has another size, or a value is not finite.</exception>
    public WordScore[] MostSimilar(ReadOnlySpan<float> vector, int count = 10, SearchOptions? options = null) =>
        MostSimilar(vector, count, options ?? SearchOptions.Default, []);

    /// <summary>The nearest words of many vectors, in one pass over the memory; each row's answer equals that of its own search.</summary>
    /// <param name="queries">One query a row, [Q, <see cref="Dimensions"/>].</param>
    /// <param name="count">How many words at most for each.</param>
    /// <param name="options">Candidates and threads; null for the defaults.</param>
    /// <returns>For each query its words with their cosine, best first.</returns>
    /// <exception cref="ArgumentException">The queries have another size, or a value is not finite.</exception>
    public WordScore[][] MostSimilar(Matrix queries, int count = 10, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        Matrix units = UnitQueries(queries.Rows);
        for (int query = 0; query < queries.Rows; query++)
        {
            UnitVectors.Write(CheckedQuery(queries[query]), units[query]);
        }

        return [.. Search(units, count, options ?? SearchOptions.Default, []).Select(Named)];
    }

    /// <summary>The cosine of two words' vectors, in [−1, 1].</summary>
    /// <param name="first">A known word.</param>
    /// <param name="second">A known word.</param>
    /// <exception cref="KeyNotFoundException">A word is unknown.</exception>
    public float Similarity(string first, string second) => UnitVectors.Cosine(this[first], this[second]);

    /// <summary>The words x that best complete "a is to b as c is to x", best first, without a, b and c themselves.</summary>
    /// <remarks>
    /// Source: Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations". The score is their objective,
    /// not a cosine: from −3 to 3 for <see cref="AnalogyMethod.CosAdd"/>, from 0 to 1000 for <see cref="AnalogyMethod.CosMul"/>.
    /// </remarks>
    /// <param name="a">A known word: "man".</param>
    /// <param name="b">A known word: "king".</param>
    /// <param name="c">A known word: "woman".</param>
    /// <param name="count">How many at most.</param>
    /// <param name="method">The objective; default <see cref="AnalogyMethod.CosAdd"/>.</param>
    /// <param name="options">Candidates and threads; null for the defaults.</param>
    /// <exception cref="KeyNotFoundException">A word is unknown.</exception>
    public WordScore[] Analogy(string a, string b, string c, int count = 10, AnalogyMethod method = AnalogyMethod.CosAdd, SearchOptions? options = null)
    {
        options ??= SearchOptions.Default;
        int[] question = [RequireIndex(a), RequireIndex(b), RequireIndex(c)];
        int within = options.CandidatesOf(Count);
        HashSet<int> excluded = ExcludedRows(options, question);
        int kept = KeptOf(count, within);
        List<AnalogyConsumer> consumers = CosineScan.Run(this, within, UnitRows(question), options.Workers, () => new AnalogyConsumer(method, kept, excluded));

        TopWords best = consumers[0].Best;
        foreach (AnalogyConsumer other in consumers.Skip(1))
        {
            best.OfferAll(other.Best);
        }

        return Named(best.ToSorted());
    }

    /// <summary>The word that fits the others least: the lowest cosine with the mean of all the words' unit vectors.</summary>
    /// <param name="words">At least three known words.</param>
    /// <returns>One of the words; of equal ones the first.</returns>
    /// <exception cref="KeyNotFoundException">A word is unknown.</exception>
    public string OddOneOut(params IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count < 3)
        {
            throw new ArgumentException($"There are {words.Count} words; of fewer than three none is the odd one.", nameof(words));
        }

        Matrix units = UnitRows([.. words.Select(RequireIndex)]);
        float[] mean = UnitVectors.Mean(units);
        int odd = 0;
        float lowest = float.PositiveInfinity;
        for (int k = 0; k < words.Count; k++)
        {
            float cosine = UnitVectors.Cosine(units[k], mean);
            if (cosine < lowest)
            {
                (odd, lowest) = (k, cosine);
            }
        }

        return words[odd];
    }

    /// <summary>The mean of the vectors of a sentence's words; words without a vector are left out and counted.</summary>
    /// <param name="words">The words, in any order; a word that occurs twice counts twice.</param>
    /// <param name="unit">Whether each vector is first scaled to length 1, so that a long vector counts no more than a short one; default true.</param>
    /// <param name="within">Only the first so many words, by custom the most frequent, count as known; null (the default) for all.</param>
    public SentenceVector SentenceVector(IEnumerable<string> words, bool unit = true, int? within = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        double[] sum = new double[Dimensions];
        int known = 0, unknown = 0;
        foreach (string word in words)
        {
            int index = IndexOf(word);
            if (index < 0 || index >= (within ?? Count))
            {
                unknown++;
                continue;
            }

            known++;
            double scale = unit ? _norms[index] == 0 ? 0 : 1.0 / _norms[index] : 1;
            ReadOnlySpan<float> row = Row(index);
            for (int k = 0; k < sum.Length; k++)
            {
                sum[k] += scale * row[k];
            }
        }

        return new SentenceVector([.. sum.Select(value => (float)(value / Math.Max(known, 1)))], known, unknown);
    }

    /// <summary>Unit vectors of rows, as queries.</summary>
    internal Matrix UnitRows(ReadOnlySpan<int> rows)
    {
        Matrix units = UnitQueries(rows.Length);
        for (int k = 0; k < rows.Length; k++)
        {
            UnitVectors.Write(Row(rows[k]), units[k]);
        }

        return units;
    }

    /// <summary>For each query, which must be a unit vector or zeros, the nearest rows.</summary>
    internal (int Index, float Score)[][] Search(Matrix units, int count, SearchOptions options, int[] question)
    {
        int within = options.CandidatesOf(Count);
        int kept = KeptOf(count, within);
        HashSet<int> excluded = ExcludedRows(options, question);
        if (units.Rows == 0)
        {
            return [];
        }

        IReadOnlySet<int>? rows = excluded.Count == 0 ? null : excluded;
        return TopWordsConsumer.Merge(CosineScan.Run(this, within, units, options.Workers, () => new TopWordsConsumer(units.Rows, kept, rows)));
    }

    private WordScore[] MostSimilar(ReadOnlySpan<float> vector, int count, SearchOptions options, int[] question)
    {
        Matrix units = UnitQueries(1);
        UnitVectors.Write(CheckedQuery(vector), units[0]);
        return Named(Search(units, count, options, question)[0]);
    }

    private Matrix UnitQueries(int count) => new(count, Dimensions);

    private ReadOnlySpan<float> CheckedQuery(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Dimensions)
        {
            throw new ArgumentException($"The query has {vector.Length} values; these vectors have {Dimensions}.", nameof(vector));
        }

        return float.IsFinite(UnitVectors.Norm(vector))
            ? vector
            : throw new ArgumentException($"The query has {RowNorms.Describe(vector)}.", nameof(vector));
    }

    private HashSet<int> ExcludedRows(SearchOptions options, int[] question)
    {
        HashSet<int> rows = [.. question];
        foreach (string word in options.Excluded)
        {
            rows.Add(IndexOf(word));
        }

        return rows;
    }

    private WordScore[] Named((int Index, float Score)[] found) => [.. found.Select(best => new WordScore(best.Index, _words[best.Index], best.Score))];

    private static int KeptOf(int count, int within)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Math.Min(count, within);
    }
}
