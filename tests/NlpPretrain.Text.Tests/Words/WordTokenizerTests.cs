using System.Globalization;
using System.Text.RegularExpressions;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed partial class WordTokenizerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("The quick, brown FOX-hound (1) jumped.", "the quick brown fox hound 1 jumped")]
    [InlineData("Don't! L’homme's 'quoted' rock 'n' roll, the dogs' 1990's", "don't | l'homme's quoted rock n roll the dogs 1990's")]
    [InlineData("pi is 3.14, not 1,000 or 1,2,x; v2.0 5. 6", "pi is 3.14 not 1,000 or 1,2 x v2.0 5 | 6")]
    [InlineData("naïve cafe\u0301 СЛОВО 한국어 ไทย", "naïve cafe\u0301 слово 한국어 ไทย")]
    [InlineData("Ｆｕｌｌ－ｗｉｄｔｈ　１２．５！ok", "full width 12.5 | ok")]
    [InlineData("中国人abc𠮷野カタ", "中 国 人 abc 𠮷 野 カタ")]
    [InlineData("𝒜𝓑 𐐀 x\uD835y 😀z", "𝒜𝓑 𐐨 x y z")]
    [InlineData("co\u00ADop\u00ADerate می\u200Cخواهم \u00ADx\u00AD", "cooperate می\u200Cخواهم x")]
    [InlineData("snake_case a\u0300\u0301b <unk> @-@", "snake case a\u0300\u0301b unk")]
    public void Cuts_and_folds_words(string text, string words) => new WordTokenizer().Cut(text).Should().Be(words);

    [Theory]
    [InlineData("One. Two! Three? Four… Five", "one | two | three | four | five")]
    [InlineData("一。二！三？四…五", "一 | 二 | 三 | 四 | 五")]
    [InlineData("He left.\" She (too.) stayed.’ End", "he left | she too | stayed | end")]
    [InlineData("Dr. Smith met J. S. Bach, vs. Mr. X in the U.S. today.", "dr smith met j s bach vs mr x in the u s today")]
    [InlineData("Wait... what?! No.", "wait | what | no")]
    [InlineData("see www.example.com or 3.5.", "see www example com or 3.5")]
    [InlineData("a line\nanother\r\nand\u2028more", "a line | another | and | more")]
    [InlineData("tokenized text . Next Mr . Y", "tokenized text | next mr | y")]
    [InlineData("...\n!\n", "")]
    public void Ends_sentences(string text, string words) => new WordTokenizer().Cut(text).Should().Be(words);

    [Fact]
    public void Options_change_words()
    {
        const string text = "State-of-the-art - it's 12,000.5 Ａ１ v2";
        new WordTokenizer(new() { KeepHyphens = true }).Cut(text).Should().Be("state-of-the-art it's 12,000.5 a1 v2");
        new WordTokenizer(new() { KeepApostrophes = false }).Cut(text).Should().Be("state of the art it s 12,000.5 a1 v2");
        new WordTokenizer(new() { LowerCase = false }).Cut(text).Should().Be("State of the art it's 12,000.5 A1 v2");
        new WordTokenizer(new() { FoldWidth = false, LowerCase = false }).Cut(text).Should().EndWith("Ａ１ v2");
        new WordTokenizer(new() { NumberToken = "<NUM>" }).Cut(text + " 7 ½ 1990's").Should().Be("state of the art it's <NUM> a1 v2 <NUM> <NUM> 1990's");
        FluentActions.Invoking(() => new WordTokenizer(new() { NumberToken = "" })).Should().Throw<ArgumentException>().WithMessage("*WordTokenizerOptions.NumberToken*");
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    public void Does_not_depend_on_the_culture(string culture) => TokenizerTesting.InCulture(culture, () =>
        new WordTokenizer().Cut("INDIA 1.5 1,5 Iıİi").Should().Be("india 1.5 1,5 " + "Iıİi".ToLower(CultureInfo.InvariantCulture)));

    [Fact]
    public void Agrees_with_an_expression_on_ascii_text()
    {
        Random random = new(5);
        string[] pieces = ["a", "B", "z", "0", "9", "'", ".", ",", "-", " ", "!", "_", "(", "\"", "\n", "\t", "the", "42"];
        IEnumerable<string> texts = Enumerable.Range(0, 3000).Select(i => string.Concat(Enumerable.Range(0, i / 50).Select(_ => pieces[random.Next(pieces.Length)])));

        WordTokenizer tokenizer = new();
        foreach (string text in texts) tokenizer.Sentences(text).SelectMany(words => words).Should().Equal(AsciiWords(text));
    }

    [Fact]
    public void Agrees_with_an_expression_on_a_real_corpus()
    {
        WordTokenizer tokenizer = new();
        string[] lines = [.. File.ReadLines(TestData.File("wikitext2", "valid.txt")).Where(line => line.All(char.IsAscii))];
        lines.Length.Should().BeGreaterThan(1000);
        foreach (string line in lines) tokenizer.Sentences(line).SelectMany(words => words).SequenceEqual(AsciiWords(line)).Should().BeTrue();
    }

    [Fact]
    public void Words_of_any_text_stand_in_it_in_their_order()
    {
        Random random = new(6);
        WordTokenizer tokenizer = new(new() { LowerCase = false, FoldWidth = false, KeepHyphens = true });
        WordTokenizer folding = new();
        for (int i = 0; i < 2000; i++)
        {
            string text = TokenizerTesting.RandomText(random, i / 10);
            TokenizerTesting.IsSubsequence(tokenizer.Sentences(text).SelectMany(words => words), text.Replace('’', '\'')).Should().BeTrue();
            folding.Sentences(text);
        }
    }

    [Fact]
    public void Long_runs_take_linear_time()
    {
        WordTokenizer tokenizer = new(new() { KeepHyphens = true });
        WordBuffer words = new();
        foreach (string piece in new[] { ".", ".'", "a'", "a-", "1,", "\u00ADa", "a\u200D", "\uD800", "x", "!", "…\"" })
        {
            tokenizer.Tokenize(string.Concat(Enumerable.Repeat(piece, 1 << 20)), words);
            words.Clear();
        }
    }

    private static IEnumerable<string> AsciiWords(string text) => AsciiWord().Matches(text).Select(match => match.Value.ToLowerInvariant());

    [GeneratedRegex(@"[a-zA-Z0-9](?:[a-zA-Z0-9]|'(?=[a-zA-Z])|(?<=[0-9])[.,](?=[0-9]))*", RegexOptions.CultureInvariant)]
    private static partial Regex AsciiWord();
}
