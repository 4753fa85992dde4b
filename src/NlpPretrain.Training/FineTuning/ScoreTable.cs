using NlpPretrain.Tensors;

namespace NlpPretrain.Training;

/// <summary>Scores that follow each other, so many an example, as a table with a row an example for one softmax each. Its memory is used again for the next batch.</summary>
internal sealed class ScoreTable
{
    private const float Impossible = -1e9f;

    private int[] _places = [];

    /// <summary>One row an example; where it has fewer scores than others, the rest of its row has no probability.</summary>
    /// <param name="scores">[N, 1]</param>
    /// <param name="counts">How many each example has, [B]; N in all.</param>
    /// <returns>[B, the highest count]</returns>
    public Tensor Of(Tensor scores, ReadOnlySpan<int> counts)
    {
        int most = 0;
        foreach (int count in counts) most = Math.Max(most, count);
        int size = counts.Length * most, none = scores.Shape.Rows;
        if (size == none) return scores.Reshape(new Shape(counts.Length, most));

        if (_places.Length < size) _places = new int[size];
        int place = 0, next = 0;
        foreach (int count in counts)
        {
            for (int k = 0; k < most; k++) _places[place++] = k < count ? next++ : none;
        }

        Tensor withNone = scores.Concatenate(scores.Pass.Copy([Impossible], new Shape(1, 1)), axis: 0);       // [N + 1, 1]
        return withNone.GatherRows(_places.AsSpan(0, size)).Reshape(new Shape(counts.Length, most));
    }
}
