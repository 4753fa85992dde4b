using NlpPretrain.Bert;

namespace NlpPretrain.Experiments.Baselines;

/// <summary>Tells a masked token from the tokens beside it, by counts; with neither, it is the most frequent one.</summary>
/// <remarks>
/// P(w | l, r) ∝ P(w | l)·P(w | r)/P(w), where P(w | l) = λ·c(l, w)/c(l) + (1 − λ)·P(w) and P(w | r) = λ·c(w, r)/c(r) + (1 − λ)·P(w); a neighbour that is masked itself tells nothing.
/// </remarks>
internal sealed class NeighbourCounts
{
    private readonly long[] _counts;
    private readonly Words[] _after, _before;
    private readonly int _mask, _mostFrequent;
    private readonly long _total;

    /// <param name="data">The sequences to count.</param>
    /// <param name="vocabulary">How many tokens there are.</param>
    /// <param name="mask">The id of [MASK].</param>
    public NeighbourCounts(BertPretrainingData data, int vocabulary, int mask)
    {
        (_counts, _mask) = (new long[vocabulary], mask);
        _after = [.. Enumerable.Range(0, vocabulary).Select(_ => new Words())];
        _before = [.. Enumerable.Range(0, vocabulary).Select(_ => new Words())];
        for (int i = 0; i < data.Count; i++)
        {
            BertExample example = data.Read(i);
            int[] ids = example.Ids;
            for (int k = 0; k < example.MaskedIds.Length; k++) ids[example.MaskedPlaces[k]] = example.MaskedIds[k];
            for (int place = 1; place < ids.Length; place++)
            {
                (int left, int right) = (ids[place - 1], ids[place]);
                _after[left].Count(right);
                _before[right].Count(left);
                if (place < ids.Length - 1 && example.Segments[place] == example.Segments[place + 1]) _counts[right]++;       // not the frame
            }
        }

        _total = _counts.Sum();
        _mostFrequent = Array.IndexOf(_counts, _counts.Max());
    }

    /// <summary>The part of the masked tokens that is the most frequent one.</summary>
    public double UnigramAccuracy(BertPretrainingData data) => Accuracy(data, (_, _) => _mostFrequent);

    /// <summary>The part of the masked tokens that has the highest probability between its neighbours.</summary>
    /// <param name="data">The sequences to tell masked tokens of.</param>
    /// <param name="trust">λ</param>
    public double BigramAccuracy(BertPretrainingData data, double trust) => Accuracy(data, (left, right) => Best(left, right, trust));

    private static double Accuracy(BertPretrainingData data, Func<int, int, int> best)
    {
        long count = 0, correct = 0;
        for (int i = 0; i < data.Count; i++)
        {
            BertExample example = data.Read(i);
            for (int k = 0; k < example.MaskedPlaces.Length; k++, count++)
            {
                int place = example.MaskedPlaces[k];
                if (best(example.Ids[place - 1], example.Ids[place + 1]) == example.MaskedIds[k]) correct++;
            }
        }

        return (double)correct / count;
    }

    private int Best(int left, int right, double trust)
    {
        (int best, double highest) = (_mostFrequent, Score(_mostFrequent, left, right, trust));
        foreach (int word in _after[left].All.Concat(_before[right].All))
        {
            double score = Score(word, left, right, trust);
            if (score > highest || (score == highest && word < best)) (best, highest) = (word, score);
        }

        return best;
    }

    private double Score(int word, int left, int right, double trust)
    {
        if (_counts[word] == 0) return 0;                                       // the frame
        double alone = (double)_counts[word] / _total;
        return Beside(_after[left], left) * Beside(_before[right], right) / alone;

        double Beside(Words words, int neighbour) => neighbour == _mask ? alone : trust * words.PartOf(word) + (1 - trust) * alone;
    }

    /// <summary>The tokens on one side of a token.</summary>
    private sealed class Words
    {
        private readonly Dictionary<int, int> _counts = [];
        private long _total;

        public IEnumerable<int> All => _counts.Keys;

        public void Count(int word)
        {
            _counts[word] = _counts.GetValueOrDefault(word) + 1;
            _total++;
        }

        public double PartOf(int word) => _total == 0 ? 0 : (double)_counts.GetValueOrDefault(word) / _total;
    }
}
