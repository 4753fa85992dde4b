using CsCheck;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

/// <summary>What is written is read back, whatever the pieces are.</summary>
public sealed class FileProperties
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        AnyText.Valid.Where(text => text.Length > 0), Gen.OneOf("\"", "\\", "/", "\uFEFF", "\uFEFFa", "#version", "# #", "\u2028", "\u0001", "\u007F", "<w>", "\u0085"));

    [Fact]
    public void Vocabularies_and_merges_are_read_back() => Piece.Array[1, 12].Sample(texts =>
    {
        string[] parts = [.. texts.Where(text => text.AsSpan().IndexOfAny(" \r\n") < 0).Distinct()];
        HashSet<string> pieces = ["?", .. texts];
        List<BytePairMerge> merges = [];
        for (int i = 1; i < parts.Length; i++)
        {
            pieces.Add(parts[i - 1] + parts[i]);
            merges.Add(new(parts[i - 1], parts[i]));
        }

        BytePairModel model = new(pieces, merges, new() { UnknownPiece = "?" });
        using TemporaryFolder folder = new();
        model.Write(folder.File("vocab.json"), folder.File("merges.txt"));
        BytePairModel read = BytePairModel.Read(folder.File("vocab.json"), folder.File("merges.txt"), model.Options);

        Assert.Equal(model.Pieces, read.Pieces);
        Assert.Equal(model.Merges, read.Merges);
        AssertSame(new Tokenizer(model), ReadBack(new Tokenizer(model)), string.Concat(texts));
    }, iter: 200);

    [Fact]
    public void Word_pieces_are_read_back() => Piece.Array[1, 12].Sample(texts =>
    {
        WordPieceModel model = new(["[UNK]", .. texts.Select(text => text.Replace('\n', '-').Replace('\r', '-')).Distinct()]);
        using MemoryStream stream = new();
        model.Save(stream);
        stream.Position = 0;

        Assert.Equal(model.Pieces, WordPieceModel.Load(stream, "vocab.txt").Pieces);
        AssertSame(new Tokenizer(model), ReadBack(new Tokenizer(model)), string.Concat(texts));
    }, iter: 300);

    [Fact]
    public void Unigram_pieces_are_read_back() => Gen.Select(Piece, Gen.Double[-1e6, 1e6], Gen.Bool).Array[1, 12].Sample(drawn =>
    {
        IEnumerable<UnigramPiece> others = drawn.DistinctBy(piece => piece.Item1).Where(piece => piece.Item1 != "<unk>").Select(piece => new UnigramPiece(piece.Item1, piece.Item2, piece.Item3));
        UnigramModel model = new([new("<unk>", 0), .. others], 0);
        Tokenizer tokenizer = UnigramTokenizer.Create(model), read = ReadBack(tokenizer);

        Assert.Equal(model.Pieces, ((UnigramModel)read.Model).Pieces);
        AssertSame(tokenizer, read, string.Concat(drawn.Select(piece => piece.Item1)));
    }, iter: 300);

    [Theory]
    [InlineData("bytes")]
    [InlineData("wordpiece")]
    [InlineData("unigram")]
    public void A_trained_tokenizer_gives_the_same_ids_once_read(string name)
    {
        Tokenizer tokenizer = SmallTokenizers.Of(name), read = ReadBack(tokenizer);
        AnyText.Utf16.Sample(text => AssertSame(tokenizer, read, text), iter: 500);
    }

    private static Tokenizer ReadBack(Tokenizer tokenizer)
    {
        using MemoryStream stream = new();
        TokenizerJson.Write(tokenizer, stream);
        stream.Position = 0;
        return TokenizerJson.Read(stream, "tokenizer.json");
    }

    private static void AssertSame(Tokenizer tokenizer, Tokenizer read, string text)
    {
        TokenizedText expected = tokenizer.Encode(text), found = read.Encode(text);
        Assert.Equal(expected.Ids.ToArray(), found.Ids.ToArray());
        Assert.Equal(expected.Offsets.ToArray(), found.Offsets.ToArray());
        Assert.Equal(tokenizer.Decode(expected.Ids), read.Decode(found.Ids));
    }
}
