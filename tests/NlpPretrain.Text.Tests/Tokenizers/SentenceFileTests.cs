using System.Text;

namespace NlpPretrain.Text.Tests.Tokenizers;

public sealed class SentenceFileTests
{
    private static readonly Tokenizer Words = BertTokenizer.Create(new WordPieceModel(
        [.. BertTokenizer.SpecialTokens, "a", "b", "c", "##x", "##y", ".", "苹", "果", "手", "机", "好", "吃", "ok", "。", "拉", "卡", "𠮷", "野"]));

    private static readonly ChineseSegmenter Segmenter =
        ChineseSegmenter.Load(new MemoryStream(Encoding.UTF8.GetBytes("苹果 100 n\n手机 100 n\n好吃 50 a\n卡拉OK 5 n\n𠮷野 7 n\nok 9 n\n")), "a dictionary");

    [Fact]
    public void It_holds_documents_of_sentences_of_words()
    {
        using SentenceFile file = Create(new InMemoryCorpus("ax bx. cy.\nby", "", "  ", "axyx"), new());
        Text(file).Should().Be("a+##x b+##x .|c+##y .|b+##y//a+##x+##y+##x");
        (file.DocumentCount, file.SentenceCount, file.Count).Should().Be((2, 4, 14));
        file.StartOf(4).Should().Be(14);
        using SentenceFile whole = Create(new InMemoryCorpus("ax bx. cy.\nby"), new() { SplitsPassages = false });
        Text(whole).Should().Be("a+##x b+##x . c+##y .|b+##y");
    }

    [Fact]
    public void The_segmenter_decides_which_characters_are_a_word()
    {
        InMemoryCorpus corpus = new("苹果手机好吃。ax卡拉OK好 𠮷野ok");
        using SentenceFile characters = Create(corpus, new());
        Text(characters).Should().Be("苹 果 手 机 好 吃 。|a+##x 卡 拉 ok 好 𠮷 野 ok", "ok follows a Chinese character");
        using SentenceFile words = Create(corpus, new() { ChineseWords = Segmenter });
        Text(words).Should().Be("苹+果 手+机 好+吃 。|a+##x 卡+拉+ok 好 𠮷+野 ok");
    }

    [Fact]
    public void A_text_is_cut_to_words_where_it_stands()
    {
        const string text = "我买苹果，卡拉ＯＫ 3.5";
        List<(int Start, int Length)> words = [];
        Segmenter.Split(text, words);
        words.Select(word => text.Substring(word.Start, word.Length)).Should().Equal("我", "买", "苹果", "，", "卡拉ＯＫ", "3.5");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Any_number_of_workers_gives_the_same_file(int workers)
    {
        string[] documents = [.. Enumerable.Range(0, 3_000).Select(i => string.Join('\n', Enumerable.Range(0, i % 7).Select(j => string.Concat(Enumerable.Repeat("ax bx. cy. ", 1 + (i + j) % 30)))))];
        using SentenceFile file = Create(new InMemoryCorpus(documents), new() { Workers = workers });
        Text(file).Should().Be(string.Join("//", documents.Where(document => document.Length > 0).Select(document => document
            .Replace("\n", "", StringComparison.Ordinal).Replace("ax bx. cy. ", "a+##x b+##x .|c+##y .|", StringComparison.Ordinal).TrimEnd('|'))));
    }

    private static SentenceFile Create(ICorpus corpus, SentenceFileOptions options) => SentenceFile.Create(corpus, Words, options, default);

    private static string Text(SentenceFile file)
    {
        StringBuilder text = new();
        for (long document = 0, sentence = 0; document < file.DocumentCount; document++)
        {
            if (document > 0) text.Append("//");
            for (; sentence < file.FirstSentenceOf(document + 1); sentence++)
            {
                int[] tokens = new int[file.StartOf(sentence + 1) - file.StartOf(sentence)];
                file.Read(file.StartOf(sentence), tokens);
                if (sentence > file.FirstSentenceOf(document)) text.Append('|');
                for (int i = 0; i < tokens.Length; i++)
                {
                    if (i > 0) text.Append(tokens[i] < 0 ? '+' : ' ');
                    text.Append(Words.PieceOf(tokens[i] < 0 ? ~tokens[i] : tokens[i]));
                }
            }
        }

        return text.ToString();
    }
}
