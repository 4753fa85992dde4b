using System.Text;
using NlpPretrain.Text.Tests.Tokenizers;

namespace NlpPretrain.Text.Tests;

/// <summary>Rules of normalizers, pre-tokenizers and models that the published tokenizers' facts do not reach, each as its documentation says it.</summary>
public sealed class ExactRuleTests
{
    [Theory]
    [InlineData(false, false, null, "é𝒜𠀀İ\uD800x\u200E\tE\u0301", "é𝒜𠀀İ\uD800x\u200E\tE\u0301")]
    [InlineData(true, false, null, "éA𠀀\uD800\0x\u200E\tE\u0301\u0005\uFFFD", "éA𠀀x E\u0301")]
    [InlineData(true, true, false, "ÉİE\u0301", "éi\u0307e\u0301")]
    [InlineData(true, false, true, "ÉİE\u0301", "EIE")]
    [InlineData(true, true, null, "ÉİΣ", "eiσ")]
    public void BertsSwitchesAreSeparate(bool clean, bool lower, bool? accents, string text, string expected) =>
        BytePairTesting.Normalize(new BertNormalizer { CleanText = clean, SpaceChinese = false, LowerCase = lower, StripAccents = accents }, text).Should().Be(expected);

    [Theory]
    [InlineData("a  b", "a| | b")]
    [InlineData("a   b", "a|  | b")]
    [InlineData("a \n", "a| \n")]
    [InlineData("a\n\nb", "a|\n|\n|b")]
    [InlineData("I'd he's can't I'm we'll we've you're 'x 'D", "I|'d| he|'s| can|'t| I|'m| we|'ll| we|'ve| you|'re| '|x| '|D")]
    [InlineData("'", "'")]
    [InlineData("a1½²!?𝒜𝟙", "a|1½²|!?|𝒜|𝟙")]
    public void Gpt2CutsAsItsPattern(string text, string words) => string.Join('|', BytePairTesting.Split(new ByteLevelPreTokenizer(), text)).Should().Be(words);

    [Theory]
    [InlineData("A!!B", "a !! b")]
    [InlineData("a--b", "a -- b")]
    [InlineData("a-–b", "a -- b")]
    [InlineData("a!?b", "a ! ? b")]
    [InlineData("a \t b", "a b")]
    [InlineData("a \n\n b", "a \n b")]
    [InlineData("  a…´  ", "a...'")]
    public void Gpt1StandardizesText(string text, string expected) => BytePairTesting.Normalize(new Gpt1Normalizer(), text).Should().Be(expected);

    [Theory]
    [InlineData("(it's) \"etc.\"", "(|it|'s|)|\"|etc.|\"")]
    [InlineData("u.s. x. a.b ..x.. ... .", "u.s.|x.|a.b|..|x|..|...|.")]
    [InlineData("don't 's n't ab.c.", "do|n't|'s|n't|ab.c|.")]
    [InlineData(".net a.bc.", ".net|a.bc|.")]
    [InlineData("(a) (b,)", "(|a|)|(|b|,|)")]
    public void Gpt1CutsAsItsRules(string text, string words) => string.Join('|', BytePairTesting.Split(new Gpt1PreTokenizer(), text)).Should().Be(words);

    [Fact]
    public void OriginsFollowEachRewriting()
    {
        NormalizedText text = new();
        text.Reset("abc");
        text.OriginOf(1, 1).Should().Be((1, 2));
        text.OriginOf(3, 0).Should().Be((3, 3));
        text.BeginRewrite();
        text.Write("xy", 1, 2);
        text.EndRewrite();
        text.Text.ToString().Should().Be("xy");
        text.OriginOf(0, 1).Should().Be((1, 3));
        text.OriginOf(1, 0).Should().Be((1, 1));
        text.OriginOf(2, 0).Should().Be((3, 3));
        text.Reset("q");
        text.OriginOf(0, 1).Should().Be((0, 1));
        text.BeginRewrite();
        for (int i = 0; i < 700; i++) text.Write('z', 0, 1);
        text.EndRewrite();
        text.OriginOf(699, 1).Should().Be((0, 1));
        FluentActions.Invoking(() => text.OriginOf(700, 1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void AddedTokensHaveTheIdsAfterTheModels()
    {
        Tokenizer tokenizer = new(new WordPieceModel(["[UNK]", "a"]), specialTokens: ["<x>", "<xy>"]);
        new[] { 0, 1, 2, 3 }.Select(tokenizer.PieceOf).Should().Equal("[UNK]", "a", "<x>", "<xy>");
        tokenizer.Decode([1, 2, 3]).Should().Be("a");
        tokenizer.Decode([1, 2, 3], skipSpecialTokens: false).Should().Be("a <x> <xy>");
        tokenizer.Encode("a<x><xy>a").Ids.ToArray().Should().Equal(1, 2, 3, 1);
        tokenizer.TryGetId("<xy>", out int id).Should().BeTrue();
        id.Should().Be(3);
    }

    [Fact]
    public void MergesOfManyKindsAreThoseOfThePlainRuleInLongWords()
    {
        BytePairModel model = new(["?", "a", "b", "ab", "ba", "aba", "abab"], [new("ab", "ab"), new("a", "b"), new("b", "a"), new("ab", "a")], new() { UnknownPiece = "?" });
        string word = string.Concat(Enumerable.Repeat("abba", 30)) + "ba";
        int[] expected = [.. Enumerable.Repeat(new[] { 3, 4 }, 29).SelectMany(pair => pair), 3, 2, 5];
        BytePairTesting.Encode(model, word).Should().Equal(expected);
        BytePairTesting.Encode(model, word[..40]).Should().Equal(expected[..20]);
    }

    [Theory]
    [InlineData("ba", 0.5, "a")]
    [InlineData("ba", 0.51, "ab")]
    [InlineData("aa\U0001F600", 1, "a\U0001F600")]
    public void CoverageTakesCharactersUntilItIsReached(string word, double coverage, string characters)
    {
        WordTable words = new();
        words.Add(word, 3);
        words.Add("\uD800", 3);       // a lone surrogate is no character, and counts for nothing
        string.Concat(UnigramFragments.Cover(words, coverage).Select(char.ConvertFromUtf32)).Should().Be(characters);
    }

    [Theory]
    [InlineData(1 << 20, true)]
    [InlineData((1 << 20) + 1, false)]
    public void ALineHasAtMostAMebibyte(int length, bool isRead)
    {
        foreach (string end in new[] { "", "\n" })
        {
            Func<WordPieceModel> load = () => WordPieceModel.Load(new MemoryStream(Encoding.UTF8.GetBytes("[UNK]\n" + new string('a', length) + end)), "vocab.txt");
            if (isRead) load().Count.Should().Be(2);
            else load.Should().Throw<TokenizerException>().WithMessage("vocab.txt, line 2: expected lines of at most*");
        }
    }

    [Fact]
    public void AnIdThatIsTheNumberOfPiecesIsTooLarge()
    {
        string json = """{"model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"a":2},"merges":[]}}""";
        FluentActions.Invoking(() => TokenizerJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "t")).Should().Throw<TokenizerException>().WithMessage("t, field model.vocab[\"a\"]: expected an id below 2*");
    }
}
