namespace NlpPretrain.Text.Tests;

public sealed class TokenizerTests
{
    private static readonly WordPieceModel Model =
        new(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "##a", "##b", "𠀀", "##𠀀", "can", "'", "t", "."]);

    private static readonly Tokenizer Bert = BertTokenizer.Create(Model);

    [Theory]
    [InlineData(3, 3, 5, 3, 2)]         // the second of equals loses first
    [InlineData(3, 3, 4, 2, 2)]
    [InlineData(9, 2, 5, 3, 2)]
    [InlineData(2, 9, 5, 2, 3)]
    [InlineData(1, 9, 0, 0, 0)]
    [InlineData(4, 5, 20, 4, 5)]
    public void TheLongerLosesTokens(int first, int second, int room, int firstLeft, int secondLeft) =>
        Frames.Truncate(first, second, room).Should().Be((firstLeft, secondLeft));

    [Fact]
    public void TruncationIsThatOfOneTokenAtATime()
    {
        for (int first = 0; first < 8; first++)
        {
            for (int second = 0; second < 8; second++)
            {
                for (int room = 0; room < 17; room++)
                {
                    (int a, int b) = (first, second);
                    while (a + b > room) _ = a > b ? a-- : b--;
                    Frames.Truncate(first, second, room).Should().Be((a, b), $"{first} and {second} have room for {room}");
                }
            }
        }
    }

    [Fact]
    public void TheFrameCountsTowardsTheLength()
    {
        Bert.Encode("a b c a b c", new EncodeOptions { MaxLength = 4 }).Ids.ToArray().Should().Equal(2, 5, 6, 3);
        Bert.Encode("a b c", "a b c", new EncodeOptions { MaxLength = 6 }).Ids.ToArray().Should().Equal(2, 5, 6, 3, 5, 3);
        FluentActions.Invoking(() => Bert.Encode("a", new EncodeOptions { MaxLength = 1 })).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void SpecialTokensInTheTextAreTextWhereTheyAreNotWanted()
    {
        Bert.Encode("a[SEP]b").Ids.ToArray().Should().Equal(2, 5, 3, 6, 3);
        Bert.Encode("a[SEP]b").SpecialMask.ToArray().Should().Equal(true, false, true, false, true);
        Bert.Encode("a[SEP]b", new EncodeOptions { MatchSpecialTokens = false }).Ids.ToArray().Should().Equal(2, 5, 1, 1, 1, 6, 3);
    }

    [Fact]
    public void TheLongestSpecialTokenIsFound()
    {
        Tokenizer tokenizer = new(Model, specialTokens: ["<x", "<x>"]);
        tokenizer.Encode("<x><x").Ids.ToArray().Should().Equal(Model.Count + 1, Model.Count);
        tokenizer.PieceOf(Model.Count).Should().Be("<x");
        tokenizer.Count.Should().Be(Model.Count + 2);
    }

    [Fact]
    public void OffsetsLeadThroughDroppedAndSplitCharacters()
    {
        const string Text = "\u200EA\u0301b 𠀀[MASK]\u0005b";
        TokenizedText encoded = Bert.Encode(Text);
        encoded.Ids.ToArray().Should().Equal(2, 5, 9, 10, 4, 6, 3);
        encoded.Offsets.ToArray().Should().Equal((0, 0), (1, 2), (3, 4), (5, 7), (7, 13), (14, 15), (0, 0));
    }

    [Fact]
    public void AWordThatIsTooLongIsUnknown()
    {
        PieceBuffer pieces = new();
        string word = "𠀀" + new string('a', 98);        // 99 code points, 100 units
        Model.Encode(word + "a", pieces);
        pieces.Count.Should().Be(100);
        pieces.Clear();
        Model.Encode(word + "aa", pieces);
        pieces.Ids.ToArray().Should().Equal(Model.UnknownId);
        pieces.Lengths.ToArray().Should().Equal(102);
    }

    [Fact]
    public void UnknownWordsLeaveEarlierPiecesAlone()
    {
        PieceBuffer pieces = new();
        Model.Encode("ab", pieces);
        Model.Encode("abz", pieces);
        pieces.Ids.ToArray().Should().Equal(5, 9, 1);
        pieces.Lengths.ToArray().Should().Equal(1, 1, 3);
    }

    [Fact]
    public void DecodingJoinsPiecesAndClosesUpPunctuation()
    {
        int[] ids = Bert.Encode("ab can't. c").Ids.ToArray();
        Bert.Decode(ids).Should().Be("ab can ' t. c");
        Bert.Decode(ids, skipSpecialTokens: false).Should().Be("[CLS] ab can ' t. c [SEP]");
        FluentActions.Invoking(() => Bert.Decode([99])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*0 to 15*");
    }

    [Fact]
    public void ABatchIsItsTextsAtAnyNumberOfWorkers()
    {
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => string.Concat(Enumerable.Repeat("ab c ", i % 17)) + "é" + i)];
        foreach (int workers in new[] { 1, 2, 5 })
        {
            TokenizedText[] batch = Bert.EncodeBatch(texts, workers: workers);
            for (int i = 0; i < texts.Length; i++) batch[i].Ids.ToArray().Should().Equal(Bert.Encode(texts[i]).Ids.ToArray());
        }
    }

    [Fact]
    public void ByteLengthsGiveOffsetsOfWholeCharacters()
    {
        Tokenizer tokenizer = new(new BytesModel());
        tokenizer.Encode("aé𠀀\uD800").Offsets.ToArray().Should().Equal(
            (0, 1), (1, 2), (1, 2), (2, 4), (2, 4), (2, 4), (2, 4), (4, 5), (4, 5), (4, 5));
    }

    private sealed class BytesModel : TokenModel
    {
        public override int Count => 256;

        public override bool LengthsAreBytes => true;

        public override string PieceOf(int id) => id.ToString();

        public override bool TryGetId(ReadOnlySpan<char> piece, out int id)
        {
            id = 0;
            return false;
        }

        public override void Encode(ReadOnlySpan<char> word, PieceBuffer pieces)
        {
            foreach (byte value in System.Text.Encoding.UTF8.GetBytes(word.ToString())) pieces.Add(value, 1);
        }
    }
}
