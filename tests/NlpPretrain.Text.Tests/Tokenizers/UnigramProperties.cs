using CsCheck;

namespace NlpPretrain.Text.Tests;

/// <summary>The best way to cut a word, against all ways, and against plain dynamic programming for longer words.</summary>
public sealed class UnigramProperties
{
    private static readonly Gen<string> Character = Gen.OneOf("a", "b", "c", "\U0001F600", "中");

    private static readonly Gen<double> AnyScore = Gen.OneOf(Gen.Int[-3, -1].Select(score => (double)score), Gen.Double[-10, 0]);

    private static readonly Gen<UnigramModel> AnyModel = Gen.Select(Character.Array[1, 4].Select(string.Concat), AnyScore).Array[1, 14].Select(pieces =>
        new UnigramModel([new("<unk>", 0), .. pieces.DistinctBy(piece => piece.Item1).Select(piece => new UnigramPiece(piece.Item1, piece.Item2))], 0));

    [Fact]
    public void The_best_of_all_ways_is_found() => Gen.Select(AnyModel, Character.Array[1, 8].Select(string.Concat)).Sample((model, word) =>
        Assert.Equal(UnigramReference.Best(model, word), Encode(model, word)), iter: 1000);

    [Fact]
    public void No_way_has_a_higher_score() => Gen.Select(AnyModel, Character.Array[1, 300].Select(string.Concat)).Sample((model, word) =>
    {
        double unknown = model.Pieces.Skip(1).Min(piece => piece.Score) - 10;
        double[] best = new double[word.Length + 1];
        for (int end = 1; end <= word.Length; end++)
        {
            best[end] = double.NegativeInfinity;
            for (int start = Math.Max(0, end - 8); start < end; start++)
            {
                string piece = word[start..end];
                double score = model.TryGetId(piece, out int id) ? model.Pieces[id].Score : piece.EnumerateRunes().Count() == 1 && !IsHalf(word, start) && !IsHalf(word, end) ? unknown : double.NegativeInfinity;
                best[end] = Math.Max(best[end], best[start] + score);
            }
        }

        double found = 0;
        int at = 0;
        foreach ((int id, int length) in Encode(model, word))
        {
            string piece = word.Substring(at, length);
            found += id == model.UnknownId ? unknown * piece.EnumerateRunes().Count() : model.Pieces[id].Score;
            if (id != model.UnknownId) Assert.Equal(model.PieceOf(id), piece);
            at += length;
        }

        Assert.Equal(word.Length, at);
        Assert.Equal(best[^1], found, 1e-8);
    }, iter: 500);

    private static bool IsHalf(string word, int at) => at < word.Length && char.IsLowSurrogate(word[at]);

    private static (int Id, int Length)[] Encode(UnigramModel model, string word)
    {
        PieceBuffer pieces = new();
        model.Encode(word, pieces);
        (int, int)[] found = new (int, int)[pieces.Count];
        for (int i = 0; i < found.Length; i++) found[i] = (pieces.Ids[i], pieces.Lengths[i]);
        return found;
    }
}
