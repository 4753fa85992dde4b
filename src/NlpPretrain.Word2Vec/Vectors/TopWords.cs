namespace NlpPretrain.Word2Vec;

/// <summary>The best so many scores of a stream: a bounded heap with the worst at its root. Of equal scores the smaller index is better.</summary>
/// <remarks>The order is total, so the content depends on what was offered and not on the order in which it was.</remarks>
internal sealed class TopWords(int capacity)
{
    private readonly float[] _scores = new float[capacity];
    private readonly int[] _indices = new int[capacity];

    /// <summary>How many are held.</summary>
    public int Count { get; private set; }

    /// <summary>A score below this is not kept.</summary>
    public float Threshold => capacity == 0 ? float.PositiveInfinity : Count < capacity ? float.NegativeInfinity : _scores[0];

    /// <summary>Keeps this score if it is among the best.</summary>
    public void Offer(int index, float score)
    {
        if (Count < capacity)
        {
            int hole = Count++;
            while (hole > 0 && IsWorse(score, index, (hole - 1) / 2))
            {
                Move((hole - 1) / 2, hole);
                hole = (hole - 1) / 2;
            }

            (_scores[hole], _indices[hole]) = (score, index);
        }
        else if (capacity > 0 && !IsWorse(score, index, 0))
        {
            SiftDown(score, index);
        }
    }

    /// <summary>Offers everything that another heap holds.</summary>
    public void OfferAll(TopWords other)
    {
        for (int k = 0; k < other.Count; k++)
        {
            Offer(other._indices[k], other._scores[k]);
        }
    }

    /// <summary>What is held, best first. The heap stays as it was.</summary>
    public (int Index, float Score)[] ToSorted()
    {
        var result = new (int Index, float Score)[Count];
        for (int k = 0; k < Count; k++)
        {
            result[k] = (_indices[k], _scores[k]);
        }

        Array.Sort(result, static (left, right) => left.Score != right.Score ? right.Score.CompareTo(left.Score) : left.Index.CompareTo(right.Index));
        return result;
    }

    private void SiftDown(float score, int index)
    {
        int hole = 0;
        while (2 * hole + 1 < Count)
        {
            int child = 2 * hole + 1;
            if (child + 1 < Count && IsWorse(_scores[child + 1], _indices[child + 1], child))
            {
                child++;
            }

            if (IsWorse(score, index, child))
            {
                break;
            }

            Move(child, hole);
            hole = child;
        }

        (_scores[hole], _indices[hole]) = (score, index);
    }

    private bool IsWorse(float score, int index, int at) => score < _scores[at] || (score == _scores[at] && index > _indices[at]);

    private void Move(int from, int to) => (_scores[to], _indices[to]) = (_scores[from], _indices[from]);
}
