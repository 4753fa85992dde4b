using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed class ChineseTokenizerTests
{
    private const string SmallDictionary = "中国 50 ns\n中国人 20 n\n中 10\n国人 5 n\n人 30 n\n民 8\n人民 40 n\n的 200 uj\n是 100 v\n𠮷野 9 n\nT恤 7 n\nC++ 6 nz\nAT&T 3 nz\n没有 0 v\n";

    // What the program jieba 0.42.1 gives with the same dictionary, cut(HMM=False), in lower case.
    [Theory]
    [InlineData("我来到北京清华大学", "我 来到 北京 清华大学")]
    [InlineData("他来到了网易杭研大厦", "他 来到 了 网易 杭 研 大厦")]
    [InlineData("小明硕士毕业于中国科学院计算所后在日本京都大学深造", "小 明 硕士 毕业 于 中国科学院 计算所 后 在 日本京都大学 深造")]
    [InlineData("苹果发布了新手机而我在果园里摘苹果", "苹果 发布 了 新手机 而 我 在 果园 里 摘 苹果")]
    [InlineData("南京市长江大桥", "南京市 长江大桥")]
    [InlineData("研究生命的起源", "研究 生命 的 起源")]
    [InlineData("乒乓球拍卖完了", "乒乓球 拍卖 完 了")]
    [InlineData("结婚的和尚未结婚的", "结婚 的 和 尚未 结婚 的")]
    [InlineData("他说的确实在理", "他 说 的 确实 在 理")]
    [InlineData("永和服装饰品有限公司", "永和 服装 饰品 有限公司")]
    [InlineData("工信处女干事每月经过下属科室都要亲口交代二十四口交换机等技术性器件的安装工作",
        "工信处 女干事 每月 经过 下属 科室 都 要 亲口 交代 二十四 口 交换机 等 技术性 器件 的 安装 工作")]
    [InlineData("我买了一件T恤和卡拉OK机", "我 买 了 一件 t恤 和 卡拉 ok 机")]
    [InlineData("𠮷野家的牛肉饭很好吃", "𠮷 野 家 的 牛肉 饭 很 好吃")]
    [InlineData("学习C++和c#语言", "学习 c++ 和 c# 语言")]
    public void Agrees_with_jieba_on_its_dictionary(string text, string words) => new ChineseTokenizer(Large.Value).Cut(text).Should().Be(words);

    [Fact]
    public void The_large_dictionary_has_all_its_words()
    {
        Large.Value.WordCount.Should().Be(349_041, "5 of the 349,046 words are another's in lower case");
        Large.Value.TotalFrequency.Should().Be(60_101_967);
        int missing = File.ReadLines(TestData.File("zh-dict", "jieba-dict.txt")).Count(line => !Large.Value.Contains(line[..line.IndexOf(' ')].ToLowerInvariant()));
        missing.Should().Be(0);
        Large.Value.Contains("清华大").Should().BeFalse();
    }

    [Theory]
    [InlineData("中国人民是人民的", "中国 人民 是 人民 的")]
    [InlineData("𠮷野是人。𠀀𠀁是中国！没有", "𠮷野 是 人 | 𠀀 𠀁 是 中国 | 没 有")]
    [InlineData("Ｔ恤的1,000.5件, Word's t恤A", "t恤 的 1,000.5 件 word's t恤 a")]
    [InlineData("c++是C+ +的at&t&", "c++ 是 c 的 at&t")]
    [InlineData("中 国\n人，民", "中 国 | 人 民")]
    [InlineData("Mr. 中国. 人", "mr 中国 | 人")]
    [InlineData("", "")]
    public void Finds_words_and_sentences(string text, string words) => new ChineseTokenizer(Small()).Cut(text).Should().Be(words);

    [Fact]
    public void Options_change_how_words_look_not_how_they_are_found()
    {
        const string text = "Ｔ恤的１２和C++";
        new ChineseTokenizer(Small(), new() { LowerCase = false }).Cut(text).Should().Be("T恤 的 12 和 C++");
        new ChineseTokenizer(Small(), new() { FoldWidth = false }).Cut(text).Should().Be("ｔ恤 的 １２ 和 c++");
        new ChineseTokenizer(Small(), new() { FoldWidth = false, LowerCase = false }).Cut(text).Should().Be("Ｔ恤 的 １２ 和 C++");
        new ChineseTokenizer(Small(), new() { NumberToken = "0" }).Cut(text).Should().Be("t恤 的 0 和 c++");
    }

    [Fact]
    public void Cuts_are_the_best_of_all_cuts()
    {
        Random random = new(11);
        string[] alphabet = ["甲", "乙", "丙", "𠀀"];
        for (int round = 0; round < 60; round++)
        {
            Dictionary<string, long> dictionary = [];
            for (int i = 0; i < 25; i++) dictionary[Draw(random, alphabet, 1, 4)] = random.Next(1, 1000);
            long total = dictionary.Values.Sum();
            ChineseTokenizer tokenizer = new(Load(string.Concat(dictionary.Select(entry => $"{entry.Key} {entry.Value} x\n"))));
            for (int i = 0; i < 30; i++)
            {
                string text = Draw(random, alphabet, 1, 9);
                string[] cut = [.. tokenizer.Sentences(text).Single()];
                string.Concat(cut).Should().Be(text);

                List<(string[] Words, double Score)> all = [.. AllCuts(text, dictionary, total)];
                double ours = all.Single(one => one.Words.SequenceEqual(cut)).Score;
                ours.Should().BeApproximately(all.Max(one => one.Score), 1e-9);
            }
        }
    }

    [Fact]
    public void Words_of_any_text_stand_in_it_in_their_order()
    {
        Random random = new(12);
        WordTokenizerOptions options = new() { LowerCase = false, FoldWidth = false, KeepHyphens = true };
        ChineseTokenizer tokenizer = new(Small(), options);
        ChineseTokenizer folding = new(Small());
        for (int i = 0; i < 2000; i++)
        {
            string text = TokenizerTesting.RandomText(random, i / 10);
            TokenizerTesting.IsSubsequence(tokenizer.Sentences(text).SelectMany(words => words), text.Replace('’', '\'')).Should().BeTrue();
            folding.Sentences(text);
        }
    }

    [Fact]
    public void Words_without_Chinese_are_those_of_the_word_tokenizer()
    {
        Random random = new(13);
        ChineseTokenizer tokenizer = new(Load("词 1\n"));
        WordTokenizer words = new();
        for (int i = 0; i < 2000; i++)
        {
            string text = TokenizerTesting.RandomText(random, i / 10);
            tokenizer.Cut(text).Should().Be(words.Cut(text));
        }
    }

    [Fact]
    public void Long_texts_take_linear_time()
    {
        ChineseTokenizer tokenizer = new(Small());
        WordBuffer words = new();
        tokenizer.Tokenize(string.Concat(Enumerable.Repeat("中国人", 1 << 18)), words);
        words.Count.Should().Be(1 << 18);
        foreach (string piece in new[] { "𠀀", "a恤", ".", "+&", "\uD840" }) tokenizer.Tokenize(string.Concat(Enumerable.Repeat(piece, 1 << 18)), words);
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    public void Does_not_depend_on_the_culture(string culture) => TokenizerTesting.InCulture(culture, () =>
        new ChineseTokenizer(Load("卡拉IT 3 n\n")).Cut("卡拉it 卡拉IT 1.5").Should().Be("卡拉it 卡拉it 1.5"));

    [Fact]
    public void Equal_words_after_folding_add_up()
    {
        ChineseSegmenter segmenter = Load("AA制 3 n\naa制 4 n\r\nＡＡ制 5\n");
        segmenter.WordCount.Should().Be(1);
        segmenter.TotalFrequency.Should().Be(12);
        segmenter.Contains("aa制").Should().BeTrue();
        segmenter.Contains("aa").Should().BeFalse();
        segmenter.Contains("").Should().BeFalse();
    }

    [Theory]
    [InlineData("中国 5 n\n人\n", "dict, line 2: expected a word, a space, a frequency*'人'.")]
    [InlineData("中国 5 n\n\n", "dict, line 2: expected a word*")]
    [InlineData("中国 5 n\n 5 n\n", "dict, line 2: expected a word*")]
    [InlineData("中国 5 n\n人 \n", "dict, line 2: expected a word*")]
    [InlineData("中国 5 n\n人 n 5\n", "dict, line 2: expected a whole frequency*'人 n 5'.")]
    [InlineData("中国 -5 n\n", "dict, line 1: expected a whole frequency*")]
    [InlineData("中国 5.5 n\n", "dict, line 1: expected a whole frequency*")]
    [InlineData("中国 9223372036854775807 n\n人 1\n", "dict, line 2: expected frequencies that add up to*")]
    [InlineData("", "dict has no word*")]
    [InlineData("中国 0 n\n", "dict has no word*")]
    public void A_bad_dictionary_is_an_error_that_names_the_line(string content, string message)
    {
        FluentActions.Invoking(() => Load(content)).Should().Throw<CorpusException>().WithMessage(message);
    }

    [Fact]
    public void Other_bad_dictionaries_are_errors_too()
    {
        FluentActions.Invoking(() => Load(new string('长', 257) + " 1\n")).Should().Throw<CorpusException>().WithMessage("dict, line 1: expected words of at most 256 characters*");
        using MemoryStream invalid = new([0xE4, 0xB8, (byte)' ', (byte)'5']);
        FluentActions.Invoking(() => ChineseSegmenter.Load(invalid, "dict")).Should().Throw<CorpusException>().WithMessage("dict, line 1: expected UTF-8*");
        FluentActions.Invoking(() => ChineseSegmenter.Load("no-such-file")).Should().Throw<CorpusException>().WithMessage("no-such-file cannot be read*");
    }

    internal static ChineseSegmenter Load(string content, CharacterTagModel? tags = null)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(content));
        return ChineseSegmenter.Load(stream, "dict", tags);
    }

    private static readonly Lazy<ChineseSegmenter> Large = new(() => ChineseSegmenter.Load(TestData.File("zh-dict", "jieba-dict.txt")));

    private static ChineseSegmenter Small() => Load(SmallDictionary);

    private static string Draw(Random random, string[] alphabet, int least, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => alphabet[random.Next(alphabet.Length)]));

    /// <summary>Every cut into words that start at a place, or into one character where no word starts.</summary>
    private static IEnumerable<(string[] Words, double Score)> AllCuts(string text, Dictionary<string, long> dictionary, long total)
    {
        if (text.Length == 0)
        {
            yield return ([], 0);
            yield break;
        }

        List<string> firsts = [.. Enumerable.Range(1, text.Length).Select(length => text[..length]).Where(dictionary.ContainsKey)];
        if (firsts.Count == 0) firsts.Add(text[..(char.IsHighSurrogate(text[0]) ? 2 : 1)]);
        foreach (string first in firsts)
        {
            double own = Math.Log((double)dictionary.GetValueOrDefault(first, 1) / total);
            foreach ((string[] words, double score) in AllCuts(text[first.Length..], dictionary, total)) yield return ([first, .. words], own + score);
        }
    }
}
