namespace NlpPretrain.Text.Tests;

public sealed class UnigramModelTests
{
    [Fact]
    public void Of_equal_ways_the_last_piece_is_longest()
    {
        UnigramModel model = Model(("ab", -1), ("bc", -1), ("a", -1), ("c", -1), ("b", -1));

        Assert.Equal(["a", "bc"], Encode(model, "abc").Select(piece => model.PieceOf(piece.Id)));
    }

    [Fact]
    public void Unknown_characters_are_one_piece()
    {
        UnigramModel model = Model(("a", -1), ("aa", -3));

        Assert.Equal([(1, 1), (0, 4), (1, 1)], Encode(model, "a\U0001F600中\uD800a"));
    }

    [Fact]
    public void An_unknown_character_costs_the_lowest_score_and_ten()
    {
        // "xb" and "bx" against two unknown characters at −5 − 10 each, and one unknown with "b" at −15 + −1.
        UnigramModel cheap = Model(("xb", -15.9), ("b", -1), ("q", -5)), dear = Model(("xb", -40), ("b", -1), ("q", -5));

        Assert.Equal(["xb"], Encode(cheap, "xb").Select(piece => cheap.PieceOf(piece.Id)));
        Assert.Equal(["xb"], Encode(dear, "xb").Select(piece => dear.PieceOf(piece.Id)));   // −40 against −50 − 1
        UnigramModel lower = Model(("xb", -40), ("b", 20), ("q", -5));
        Assert.Equal(["<unk>", "b"], Encode(lower, "xb").Select(piece => lower.PieceOf(piece.Id)));     // −40 against −50 + 20
    }

    [Fact]
    public void Control_pieces_are_not_found_in_text()
    {
        UnigramModel model = new([new("<unk>", 0), new("<s>", 0, IsControl: true), new("<", -3), new("s", -3), new(">", -3)], 0);

        Assert.Equal([2, 3, 4], Encode(model, "<s>").Select(piece => piece.Id));
        Assert.True(model.TryGetId("<s>", out int id));
        Assert.Equal(1, id);
        Assert.False(model.TryGetId("<s", out _));
        Assert.False(model.TryGetId("", out _));
    }

    [Theory]
    [InlineData("", -1, "is empty")]
    [InlineData("b", double.NaN, "not finite")]
    [InlineData("a", -1, "twice")]
    public void Bad_pieces_are_refused(string text, double score, string fault)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Model(("a", -1), (text, score)));

        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_piece_with_a_lone_surrogate_is_refused() =>
        Assert.Contains("surrogate", Assert.Throws<ArgumentException>(() => Model(("a\uD800", -1))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_trie_has_its_pieces_and_no_others()
    {
        Random random = new(9);
        string[] pieces = [.. Enumerable.Range(0, 5000).Select(_ => UnigramReference.RandomText(random, random.Next(1, 7))).Distinct()];
        PieceTrie trie = new(pieces);
        for (int i = 0; i < pieces.Length; i++) Assert.Equal(i, trie.Find(pieces[i]));
        HashSet<string> known = [.. pieces];
        for (int i = 0; i < 20000; i++)
        {
            string text = UnigramReference.RandomText(random, random.Next(1, 8));
            Assert.Equal(known.Contains(text), trie.Find(text) >= 0);
        }
    }

    [Theory]
    [InlineData(" Hello  world ", true, true, "▁Hello|▁world", "Hello world")]
    [InlineData("Hello world", false, true, "Hello|▁world", "Hello world")]
    [InlineData(" a  b", true, false, "▁a|▁|▁b", "a  b")]
    [InlineData("中文\u3000字", true, true, "▁中文|▁字", "中文 字")]
    [InlineData("  ", true, true, "", "")]
    [InlineData("a\tb", true, false, "▁a\tb", "a\tb")]
    [InlineData(" ", true, false, "▁", "")]
    public void Spaces_become_marks_and_spaces_again(string text, bool prefix, bool collapse, string words, string decoded)
    {
        NormalizedText normalized = new();
        normalized.Reset(text);
        new MetaspaceNormalizer(prefix, collapse).Normalize(normalized);
        List<(int Start, int Length)> places = [];
        new MetaspacePreTokenizer().Split(normalized.Text, places);
        string[] found = [.. places.Select(place => normalized.Text.Slice(place.Start, place.Length).ToString())];

        Assert.Equal(words, string.Join('|', found));
        Assert.Equal(decoded, new MetaspaceDecoder(prefix).Decode(found));
    }

    private static UnigramModel Model(params (string Text, double Score)[] pieces) =>
        new([new("<unk>", 0), .. pieces.Select(piece => new UnigramPiece(piece.Text, piece.Score))], 0);

    private static (int Id, int Length)[] Encode(UnigramModel model, string word)
    {
        PieceBuffer pieces = new();
        model.Encode(word, pieces);
        (int, int)[] found = new (int, int)[pieces.Count];
        for (int i = 0; i < found.Length; i++) found[i] = (pieces.Ids[i], pieces.Lengths[i]);
        return found;
    }
}
