using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

/// <summary>Inputs with the tokens and ids that google-research/bert's and Hugging Face's own tests expect.</summary>
public sealed class BertFactsTests
{
    private static readonly WordPieceModel Toy = new(["[UNK]", "[CLS]", "[SEP]", "want", "##want", "##ed", "wa", "un", "runn", "##ing", ","]);

    private static readonly Lazy<Tokenizer> Uncased = new(() => BertTokenizer.Load(TestData.File("vocab", "bert-base-uncased", "vocab.txt")));
    private static readonly Lazy<Tokenizer> Cased = new(() => BertTokenizer.Load(TestData.File("vocab", "bert-base-cased", "vocab.txt"), lowerCase: false));

    [Fact]
    public void TheToyVocabularyCutsALowerCasedTextWithoutAccents() =>
        BertTokenizer.Create(Toy).Encode("UNwant\u00E9d,running", new EncodeOptions { AddSpecialTokens = false }).Ids.ToArray()
            .Should().Equal(7, 4, 5, 10, 8, 9);

    [Theory]
    [InlineData("", "")]
    [InlineData("unwanted running", "un ##want ##ed runn ##ing")]
    [InlineData("unwantedX running", "[UNK] runn ##ing")]
    public void TheToyVocabularyCutsWords(string text, string pieces) => PiecesOf(Toy, text).Should().Be(pieces);

    [Theory]
    [InlineData("ah\u535A\u63A8zz", "ah 博 推 zz")]
    [InlineData(" \tHeLLo!how  \n Are yoU?  ", "hello ! how are you ?")]
    [InlineData("H\u00E9llo", "hello")]
    [InlineData("a\n'll !!to?'d of, can't.", "a ' ll ! ! to ? ' d of , can ' t .")]
    [InlineData("\u200E\u200F", "")]
    [InlineData("\u00AD", "")]
    public void UncasedWords(string text, string words) => WordsOf(new BertNormalizer(), text).Should().Be(words);

    [Fact]
    public void CasedWords() =>
        WordsOf(new BertNormalizer { LowerCase = false }, " \tHeLLo!how  \n Are yoU?  ").Should().Be("HeLLo ! how Are yoU ?");

    [Fact]
    public void AccentsAreASwitchOfTheirOwn()
    {
        WordsOf(new BertNormalizer { StripAccents = false }, "HäLLo").Should().Be("hällo");
        WordsOf(new BertNormalizer { LowerCase = false, StripAccents = true }, "HäLLo").Should().Be("HaLLo");
        WordsOf(new BertNormalizer { LowerCase = false }, "HäLLo").Should().Be("HäLLo");
    }

    [Theory]
    [InlineData(" ", " ")]
    [InlineData("\t", " ")]
    [InlineData("\r", " ")]
    [InlineData("\n", " ")]
    [InlineData("\u00A0", " ")]
    [InlineData("\u0005", "")]
    [InlineData("\uFFFD", "")]
    [InlineData("\0", "")]
    [InlineData("\uD83D", "")]
    [InlineData("A", "A")]
    [InlineData("\U0001F4A9", "\U0001F4A9")]
    public void Cleaning(string text, string expected)
    {
        NormalizedText normalized = new();
        normalized.Reset(text);
        new BertNormalizer { LowerCase = false }.Normalize(normalized);
        normalized.Text.ToString().Should().Be(expected);
    }

    [Fact]
    public void Punctuation()
    {
        foreach (char mark in "-$`.") BertPreTokenizer.IsPunctuation(new(mark)).Should().BeTrue();
        foreach (char other in "A ") BertPreTokenizer.IsPunctuation(new(other)).Should().BeFalse();
    }

    [Fact]
    public void ChineseCharactersAreWordsUnlessSwitchedOff()
    {
        WordPieceModel model = new(["[UNK]", "的", "人", "有", "##的", "##人", "##有"]);
        Tokens(new Tokenizer(model, new BertNormalizer(), new BertPreTokenizer()), "的人有").Should().Be("的 人 有");
        Tokens(new Tokenizer(model, new BertNormalizer { SpaceChinese = false }, new BertPreTokenizer()), "的人有").Should().Be("的 ##人 ##有");
    }

    [Theory]
    [InlineData("I love you", new[] { 101, 1045, 2293, 2017, 102 })]
    [InlineData("Joe is an admin", new[] { 101, 3533, 2003, 2019, 4748, 10020, 102 })]
    public void PublishedIds(string text, int[] ids) => Uncased.Value.Encode(text).Ids.ToArray().Should().Equal(ids);

    [Fact]
    public void PairsHaveTheSeparatorBetweenThemAndAtTheEnd()
    {
        TokenizedText pair = Uncased.Value.Encode("I love", "you");
        pair.Ids.ToArray().Should().Equal(101, 1045, 2293, 102, 2017, 102);
        pair.SegmentIds.ToArray().Should().Equal(0, 0, 0, 0, 1, 1);
        pair.SpecialMask.ToArray().Should().Equal(true, false, false, true, false, true);
    }

    [Fact]
    public void UncasedOffsets() => AssertOffsets(Uncased.Value, "a , naive [MASK] allen ##nl ##p sentence .",
        [(0, 1), (1, 2), (3, 8), (9, 15), (16, 21), (21, 23), (23, 24), (25, 33), (33, 34)]);

    [Fact]
    public void CasedOffsets() => AssertOffsets(Cased.Value, "A , na ##ï ##ve [MASK] Allen ##NL ##P sentence .",
        [(0, 1), (1, 2), (3, 5), (5, 6), (6, 8), (9, 15), (16, 21), (21, 23), (23, 24), (25, 33), (33, 34)]);

    [Theory]
    [InlineData("bert-base-uncased")]
    [InlineData("bert-base-cased")]
    [InlineData("bert-base-chinese")]
    public void PublishedVocabulariesAreWrittenAsTheyAreRead(string name)
    {
        byte[] published = File.ReadAllBytes(TestData.File("vocab", name, "vocab.txt"));
        MemoryStream written = new();
        WordPieceModel.Load(new MemoryStream(published), name).Save(written);
        written.ToArray().Should().Equal(published);
    }

    private static void AssertOffsets(Tokenizer tokenizer, string pieces, (int Start, int End)[] offsets)
    {
        const string Text = "A, naïve [MASK] AllenNLP sentence.";
        TokenizedText encoded = tokenizer.Encode(Text);
        Tokens(tokenizer, Text).Should().Be(pieces);
        encoded.Offsets[1..^1].ToArray().Should().Equal(offsets);
        encoded.Offsets[0].Should().Be((0, 0));
    }

    private static string Tokens(Tokenizer tokenizer, string text)
    {
        TokenizedText encoded = tokenizer.Encode(text, new EncodeOptions { AddSpecialTokens = false });
        return string.Join(' ', encoded.Ids.ToArray().Select(tokenizer.PieceOf));
    }

    private static string PiecesOf(WordPieceModel model, string text)
    {
        PieceBuffer pieces = new();
        foreach (string word in text.Split(' ')) model.Encode(word, pieces);
        return string.Join(' ', pieces.Ids.ToArray().Select(model.PieceOf));
    }

    private static string WordsOf(BertNormalizer normalizer, string text)
    {
        NormalizedText normalized = new();
        normalized.Reset(text);
        normalizer.Normalize(normalized);
        List<(int Start, int Length)> words = [];
        new BertPreTokenizer().Split(normalized.Text, words);
        return string.Join(' ', words.Select(word => normalized.Text.Slice(word.Start, word.Length).ToString()));
    }
}
