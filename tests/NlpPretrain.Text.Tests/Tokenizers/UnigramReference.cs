namespace NlpPretrain.Text.Tests;

/// <summary>Every way to cut a short word, one after the other.</summary>
internal static class UnigramReference
{
    internal static string RandomText(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => (char)(random.Next(3) == 0 ? random.Next(0x4E00, 0x4E40) : random.Next('a', 'f'))));

    /// <summary>The best way by its score; of equal ones that with the longest last piece, and so on; neighbouring unknown characters joined.</summary>
    internal static (int Id, int Length)[] Best(UnigramModel model, string word)
    {
        double unknown = model.Pieces.Where((_, id) => id != model.UnknownId).Min(piece => piece.Score) - 10;
        List<(int Id, int Length)> best = [];
        double bestScore = double.NegativeInfinity;
        foreach (List<(int Id, int Length)> way in Ways(word, text => model.TryGetId(text, out int id) && id != model.UnknownId ? id : -1, model.UnknownId))
        {
            double score = 0;
            foreach ((int id, _) in way) score += id == model.UnknownId ? unknown : model.Pieces[id].Score;
            if (score < bestScore || score == bestScore && !IsLongerAtTheEnd(way, best)) continue;
            (best, bestScore) = (way, score);
        }

        List<(int Id, int Length)> joined = [];
        foreach ((int id, int length) in best)
        {
            if (id == model.UnknownId && joined.Count > 0 && joined[^1].Id == id) joined[^1] = (id, joined[^1].Length + length);
            else joined.Add((id, length));
        }

        return [.. joined];
    }

    /// <param name="word">A word.</param>
    /// <param name="idOf">The id of a piece; −1 for none.</param>
    /// <param name="unknownId">The id of a character that is no piece.</param>
    internal static IEnumerable<List<(int Id, int Length)>> Ways(string word, Func<string, int> idOf, int unknownId)
    {
        int[] starts = [.. word.EnumerateRunes().Aggregate(new List<int> { 0 }, (list, rune) => [.. list, list[^1] + rune.Utf16SequenceLength])];
        for (int cuts = 0; cuts < 1 << (starts.Length - 2); cuts++)
        {
            List<(int Id, int Length)> way = [];
            int start = 0;
            for (int i = 1; i < starts.Length && way is not null; i++)
            {
                if (i < starts.Length - 1 && (cuts >> (i - 1) & 1) == 0) continue;
                string piece = word[start..starts[i]];
                int id = idOf(piece);
                if (id < 0 && piece.EnumerateRunes().Count() == 1) id = unknownId;
                if (id < 0) way = null!;
                else way.Add((id, piece.Length));
                start = starts[i];
            }

            if (way is not null) yield return way;
        }
    }

    private static bool IsLongerAtTheEnd(List<(int Id, int Length)> way, List<(int Id, int Length)> other)
    {
        for (int i = 1; i <= Math.Min(way.Count, other.Count); i++)
        {
            if (way[^i].Length != other[^i].Length) return way[^i].Length > other[^i].Length;
        }

        return false;
    }
}
