using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>A rotation of one language's word vectors into another's space, learned from a small lexicon, and the translations it finds.</summary>
/// <remarks>
/// <para>Sources: Artetxe, Labaka and Agirre 2016, "Learning principled bilingual mappings of word embeddings while preserving monolingual
/// invariance" (length normalization, mean centering, orthogonal map); Conneau et al. 2018, arXiv:1710.04087 (CSLS).</para>
/// <para>The map is orthogonal, so cos(Wx, y) = cos(x, Wᵀy): the neighbours of a target word are sought by turning it back, and the source
/// vectors are never copied for that.</para>
/// </remarks>
public sealed class BilingualMap
{
    private const int QueriesAtOnce = 512;

    private readonly WordVectors _source, _target;
    private readonly Matrix _rotation, _inverse;
    private readonly BilingualOptions _options;
    private readonly Lazy<float[]> _targetMeans;

    private BilingualMap(WordVectors source, WordVectors target, Matrix rotation, int pairs, BilingualOptions options)
    {
        (_source, _target, _rotation, _options, Pairs) = (source, target, rotation, options, pairs);
        _inverse = Transpose(rotation);
        _targetMeans = new Lazy<float[]>(ComputeTargetMeans);
    }

    /// <summary>How many pairs of the lexicon were known on both sides and used.</summary>
    public int Pairs { get; }

    /// <summary>Learns the map.</summary>
    /// <param name="source">The language that is mapped.</param>
    /// <param name="target">The language it is mapped to, with vectors of the same size.</param>
    /// <param name="lexicon">Pairs of translations; a word may occur in several. Pairs with an unknown word are left out.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The sizes differ, or no pair is known.</exception>
    public static BilingualMap Learn(WordVectors source, WordVectors target, IReadOnlyList<BilingualPair> lexicon, BilingualOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(lexicon);
        options ??= new BilingualOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Within, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Neighbors, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1, nameof(options));
        if (source.Dimensions != target.Dimensions)
        {
            throw new ArgumentException($"The source has {source.Dimensions} dimensions and the target {target.Dimensions}; a rotation needs equally many.", nameof(target));
        }

        (int Source, int Target)[] known =
            [.. lexicon.Select(pair => (Source: source.IndexOf(pair.Source), Target: target.IndexOf(pair.Target))).Where(pair => pair.Source >= 0 && pair.Target >= 0)];
        if (known.Length == 0)
        {
            throw new ArgumentException($"Of {lexicon.Count} pairs none has a known word on both sides; check the languages' order and the words' case.", nameof(lexicon));
        }

        WordVectors from = Prepare(source, options), to = Prepare(target, options);
        return new BilingualMap(from, to, OrthogonalProcrustes.Solve(from.Vectors, to.Vectors, known), known.Length, options);
    }

    /// <summary>The map W, row by row: what multiplies a source vector (scaled and centered as the options say).</summary>
    /// <param name="row">0 to the number of dimensions − 1.</param>
    public ReadOnlySpan<float> Row(int row) => _rotation[row];

    /// <summary>The best translations of a word, best first.</summary>
    /// <param name="word">A known word of the source language.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="retrieval">How they are scored; default <see cref="BilingualRetrieval.Csls"/>.</param>
    /// <returns>Words of the target language with their score.</returns>
    /// <exception cref="KeyNotFoundException">The word is unknown.</exception>
    public WordScore[] Translate(string word, int count = 10, BilingualRetrieval retrieval = BilingualRetrieval.Csls)
    {
        int index = _source.IndexOf(word);
        if (index < 0)
        {
            throw new KeyNotFoundException($"The word '{word}' is not among the {_source.Count} words of the source language.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return [.. Retrieve([index], count, retrieval)[0].Select(best => new WordScore(best.Index, _target.Words[best.Index], best.Score))];
    }

    /// <summary>Translates the source words of held-out pairs and counts how often a translation of theirs comes first, or among the first five.</summary>
    /// <param name="pairs">Pairs that the map was not learned from; a word may have several translations, of which each is right.</param>
    /// <param name="retrieval">How translations are scored; default <see cref="BilingualRetrieval.Csls"/>.</param>
    public BilingualPrecision Evaluate(IReadOnlyList<BilingualPair> pairs, BilingualRetrieval retrieval = BilingualRetrieval.Csls)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var right = new Dictionary<int, HashSet<int>>();
        int unknown = 0;
        foreach (IGrouping<string, BilingualPair> group in pairs.GroupBy(pair => pair.Source, StringComparer.Ordinal))
        {
            int source = _source.IndexOf(group.Key);
            HashSet<int> targets = [.. group.Select(pair => _target.IndexOf(pair.Target)).Where(target => target >= 0)];
            if (source < 0 || targets.Count == 0)
            {
                unknown++;
            }
            else
            {
                right.Add(source, targets);
            }
        }

        int atOne = 0, atFive = 0;
        foreach (int[] words in right.Keys.Chunk(QueriesAtOnce))
        {
            (int Index, float Score)[][] found = Retrieve(words, 5, retrieval);
            for (int k = 0; k < words.Length; k++)
            {
                atOne += found[k].Take(1).Any(best => right[words[k]].Contains(best.Index)) ? 1 : 0;
                atFive += found[k].Any(best => right[words[k]].Contains(best.Index)) ? 1 : 0;
            }
        }

        double asked = Math.Max(right.Count, 1);
        return new BilingualPrecision(atOne / asked, atFive / asked, right.Count, unknown);
    }

    private (int Index, float Score)[][] Retrieve(int[] words, int count, BilingualRetrieval retrieval)
    {
        Matrix queries = Rotated(_source, words, _rotation);
        var search = new SearchOptions { Within = _options.Within, Workers = _options.Workers };
        if (retrieval == BilingualRetrieval.Cosine)
        {
            return _target.Search(queries, count, search, []);
        }

        float[] means = _targetMeans.Value;
        int within = search.CandidatesOf(_target.Count);
        int kept = Math.Min(count, within), neighbors = Math.Min(_options.Neighbors, within);
        return CslsConsumer.Merge(CosineScan.Run(_target, within, queries, _options.Workers, () => new CslsConsumer(words.Length, kept, neighbors, means)));
    }

    /// <summary>For each target word the mean cosine with its nearest source words, padded to a multiple of 16.</summary>
    private float[] ComputeTargetMeans()
    {
        var search = new SearchOptions { Within = _options.Within, Workers = _options.Workers };
        int within = search.CandidatesOf(_target.Count);
        float[] means = new float[(within + 15) & ~15];
        foreach (int[] words in Enumerable.Range(0, within).Chunk(QueriesAtOnce))
        {
            (int Index, float Score)[][] nearest = _source.Search(Rotated(_target, words, _inverse), _options.Neighbors, search, []);
            for (int k = 0; k < words.Length; k++)
            {
                means[words[k]] = CslsConsumer.MeanOf(nearest[k]);
            }
        }

        return means;
    }

    /// <summary>Unit vectors of words, turned: row k is rotation · word k.</summary>
    private static unsafe Matrix Rotated(WordVectors vectors, int[] words, Matrix rotation)
    {
        Matrix units = vectors.UnitRows(words);
        var turned = new Matrix(words.Length, rotation.Columns);
        DotProducts.Compute(rotation.Address, rotation.Rows, units.Address, units.Rows, units.Stride, turned.Address, turned.Stride);
        GC.KeepAlive(units);
        GC.KeepAlive(rotation);
        return turned;
    }

    private static Matrix Transpose(Matrix matrix)
    {
        var transposed = new Matrix(matrix.Columns, matrix.Rows);
        for (int row = 0; row < matrix.Rows; row++)
        {
            for (int column = 0; column < matrix.Columns; column++)
            {
                transposed[column][row] = matrix[row][column];
            }
        }

        return transposed;
    }

    private static WordVectors Prepare(WordVectors vectors, BilingualOptions options)
    {
        if (!options.UnitLength && !options.Center)
        {
            return vectors;
        }

        var prepared = new Matrix(vectors.Count, vectors.Dimensions);
        for (int row = 0; row < vectors.Count; row++)
        {
            if (options.UnitLength)
            {
                UnitVectors.Write(vectors.Row(row), prepared[row]);
            }
            else
            {
                vectors.Row(row).CopyTo(prepared[row]);
            }
        }

        if (options.Center)
        {
            float[] mean = UnitVectors.Mean(prepared);
            for (int row = 0; row < prepared.Rows; row++)
            {
                System.Numerics.Tensors.TensorPrimitives.Subtract(prepared[row], mean, prepared[row]);
            }
        }

        return vectors.WithVectors(prepared);
    }
}
