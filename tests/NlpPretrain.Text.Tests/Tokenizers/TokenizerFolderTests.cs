using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed class TokenizerFolderTests : IDisposable
{
    private static readonly string[] Texts =
    [
        "Unaffable naïve ÉCOLES, can't; [MASK] <|endoftext|> don’t…", "中文 and 😀", "  two  spaces \n and a line", "", "Mr. Smith's “dog” (I.e. 3.5%) — ran...", "_start_ x _classify_",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizer").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bert", "BertTokenizer", "tokenizer.json vocab.txt")]
    [InlineData("bert-cased", "BertTokenizer", "tokenizer.json vocab.txt")]
    [InlineData("bert-added", "BertTokenizer", "tokenizer.json vocab.txt")]
    [InlineData("word-pieces", "PreTrainedTokenizerFast", "tokenizer.json vocab.txt")]
    [InlineData("gpt1", "OpenAIGPTTokenizer", "merges.txt vocab.json")]
    [InlineData("gpt1-task", "OpenAIGPTTokenizer", "merges.txt vocab.json")]
    [InlineData("gpt2", "GPT2Tokenizer", "merges.txt tokenizer.json vocab.json")]
    [InlineData("unigram", "PreTrainedTokenizerFast", "tokenizer.json")]
    public void What_is_saved_is_loaded_and_saved_alike(string name, string kind, string files)
    {
        Tokenizer tokenizer = Make(name);
        TokenizerFolder.Save(tokenizer, _folder, maxLength: 512);
        Tokenizer loaded = TokenizerFolder.Load(_folder);
        string again = Path.Combine(_folder, "again");
        TokenizerFolder.Save(loaded, again, maxLength: 512);

        string.Join(' ', Names(_folder)).Should().Be($"{string.Join(' ', files.Split(' ').Concat(["special_tokens_map.json", "tokenizer_config.json"]).Order(StringComparer.Ordinal))}");
        foreach (string file in Names(_folder)) File.ReadAllText(Path.Combine(again, file)).Should().Be(File.ReadAllText(Path.Combine(_folder, file)), file);
        File.ReadAllText(Path.Combine(_folder, "tokenizer_config.json")).Should().Contain($"\"{kind}\"").And.Contain("\"model_max_length\": 512");
        ShouldBeAlike(loaded, tokenizer);
        ShouldBeAlike(TokenizerFolder.Load(again), tokenizer);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("bert-cased")]
    [InlineData("bert-added")]
    [InlineData("gpt2")]
    public void The_other_files_say_the_same_as_tokenizer_json(string name)
    {
        Tokenizer tokenizer = Make(name);
        TokenizerFolder.Save(tokenizer, _folder);
        File.Delete(Path.Combine(_folder, "tokenizer.json"));

        ShouldBeAlike(TokenizerFolder.Load(_folder), tokenizer);
    }

    [Theory]
    [InlineData("encoder_bpe_40000.json", "vocab_40000.bpe", "gpt1")]
    [InlineData("encoder.json", "vocab.bpe", "gpt2")]
    [InlineData("vocab.json", "merges.txt", "gpt1")]
    [InlineData("vocab.json", "merges.txt", "gpt2")]
    public void Pairs_of_files_are_known_by_their_pieces(string vocabulary, string merges, string name)
    {
        Tokenizer tokenizer = Make(name);
        ((BytePairModel)tokenizer.Model).Write(Path.Combine(_folder, vocabulary), Path.Combine(_folder, merges));

        ShouldBeAlike(TokenizerFolder.Load(_folder), tokenizer);
        File.Delete(Path.Combine(_folder, merges));
        Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(_folder)).Message.Should().Contain(vocabulary).And.Contain(merges);
    }

    [Fact]
    public void A_published_folder_of_BERT_has_its_switches_and_tokens()
    {
        Write("vocab.txt", "<u>\n<c>\n<s>\nE\n##e\n中\n<m>\n");
        Write("tokenizer_config.json", """{"do_lower_case":false,"tokenize_chinese_chars":false,"strip_accents":true,"unk_token":"<u>","cls_token":{"content":"<c>","lstrip":false},"mask_token":"<m>"}""");
        Write("special_tokens_map.json", """{"sep_token":"<s>","cls_token":"never"}""");
        Write("added_tokens.json", """{"<b>":8,"<a>":7}""");

        Tokenizer tokenizer = TokenizerFolder.Load(_folder);

        tokenizer.Encode("Éé<m><a><b>中中 中").Ids.ToArray().Should().Equal(1, 3, 4, 6, 7, 8, 0, 5, 2);
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"do_lower_case":"no"}""", "do_lower_case")]
    [InlineData("tokenizer_config.json", """{"mask_token":"[MASK]"}""", "mask_token")]
    [InlineData("tokenizer_config.json", """[]""", "tokenizer_config.json")]
    [InlineData("tokenizer_config.json", """{""", "tokenizer_config.json")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder":{"x":{}}}""", "added_tokens_decoder.x")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder":{"4":{"content":"<x>","special":true}}}""", "added_tokens_decoder.4")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder":{"3":{"content":"<x>","special":false}}}""", "added_tokens_decoder.3.special")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder":{"3":{"content":"","special":true}}}""", "added_tokens_decoder.3")]
    [InlineData("tokenizer_config.json", """{"token_frame":{"start":[""],"between":[],"end":[]}}""", "token_frame.start[0]")]
    [InlineData("added_tokens.json", """{"<x>":5}""", "<x>")]
    [InlineData("special_tokens_map.json", """{"additional_special_tokens":["<x>"]}""", "additional_special_tokens[0]")]
    public void Bad_settings_are_refused_by_name(string file, string content, string place)
    {
        Write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\n");
        TokenizerFolder.Load(_folder).Count.Should().Be(3);
        Write(file, content);

        Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(_folder)).Message.Should().Contain(file).And.Contain(place);
    }

    [Fact]
    public void Other_classes_of_tokenizers_are_refused_by_name()
    {
        ((BytePairModel)Make("gpt2").Model).Write(Path.Combine(_folder, "vocab.json"), Path.Combine(_folder, "merges.txt"));
        Write("tokenizer_config.json", """{"tokenizer_class":"RobertaTokenizer"}""");

        Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(_folder)).Message.Should().Contain("tokenizer_class").And.Contain("RobertaTokenizer");
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_told_what_was_looked_for()
    {
        string message = Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(_folder)).Message;
        foreach (string name in new[] { _folder, "tokenizer.json", "vocab.txt", "vocab.json", "merges.txt", "encoder_bpe_40000.json", "vocab_40000.bpe", "encoder.json", "vocab.bpe" })
            message.Should().Contain(name);
        Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(Path.Combine(_folder, "nowhere"))).Message.Should().Contain("no such folder");
    }

    [Fact]
    public void Another_tokenizer_takes_the_place_of_the_last()
    {
        foreach (string name in new[] { "bert", "gpt1", "gpt2", "gpt1-task", "unigram" })
        {
            Tokenizer tokenizer = Make(name);
            TokenizerFolder.Save(tokenizer, _folder);
            ShouldBeAlike(TokenizerFolder.Load(_folder), tokenizer);
        }

        Names(_folder).Should().Equal("special_tokens_map.json", "tokenizer.json", "tokenizer_config.json");
    }

    [Fact]
    public void Parts_without_a_name_leave_the_folder_as_it_is()
    {
        Tokenizer gpt1 = Make("gpt1");
        Tokenizer mixed = new(gpt1.Model, new Gpt1Normalizer(), new BertPreTokenizer());

        Assert.Throws<TokenizerException>(() => TokenizerFolder.Save(mixed, _folder)).Message.Should().Contain(nameof(Gpt1Normalizer));
        Directory.GetFileSystemEntries(_folder).Should().BeEmpty();
        Assert.Throws<TokenizerException>(() => TokenizerFolder.RequireSavable(mixed)).Message.Should().Contain(nameof(Gpt1Normalizer));

        BytePairModel spaces = new(["<unk>", "a", " ", "a "], [new("a", " ")], BytePairOptions.Gpt1);
        Assert.Throws<TokenizerException>(() => TokenizerFolder.RequireSavable(Gpt1Tokenizer.Create(spaces))).Message.Should().Contain("merges.txt");
        foreach (string name in new[] { "bert", "gpt1", "gpt1-task", "gpt2", "unigram" }) TokenizerFolder.RequireSavable(Make(name));
    }

    [Theory]
    [InlineData("gpt1", "the president is", 481, 4735, 544)]
    [InlineData("gpt2", "This is some text", 1212, 318, 617, 2420)]
    [InlineData("bert-base-uncased", "I love you", 101, 1045, 2293, 2017, 102)]
    public void Published_folders_are_loaded(string folder, string text, params int[] ids)
    {
        Tokenizer tokenizer = TokenizerFolder.Load(TestData.File("vocab", folder));
        TokenizerFolder.Save(tokenizer, _folder);

        tokenizer.Encode(text).Ids.ToArray().Should().Equal(ids);
        TokenizerFolder.Load(_folder).Encode(text).Ids.ToArray().Should().Equal(ids);
    }

    private static void ShouldBeAlike(Tokenizer tokenizer, Tokenizer expected)
    {
        tokenizer.Count.Should().Be(expected.Count);
        tokenizer.SpecialIds.OrderBy(pair => pair.Value).Should().Equal(expected.SpecialIds.OrderBy(pair => pair.Value));
        foreach (string text in Texts)
        {
            TokenizedText one = tokenizer.Encode(text, Texts[0]), other = expected.Encode(text, Texts[0]);
            one.Ids.ToArray().Should().Equal(other.Ids.ToArray(), text);
            one.Offsets.ToArray().Should().Equal(other.Offsets.ToArray(), text);
            one.SegmentIds.ToArray().Should().Equal(other.SegmentIds.ToArray(), text);
            one.SpecialMask.ToArray().Should().Equal(other.SpecialMask.ToArray(), text);
            tokenizer.Decode(one.Ids, skipSpecialTokens: false).Should().Be(expected.Decode(one.Ids, skipSpecialTokens: false));
        }
    }

    private static Tokenizer Make(string name)
    {
        ListCorpus corpus = new([.. Enumerable.Range(0, 60).Select(i => $"the naive ecoles can't run {i}, he said; 中文 the cat unaffable (NAÏVE)")]);
        string[] characters = [.. "abcdefghijklmnopqrstuvwxyz0123456789'-.,;()%\"\n中".Select(letter => letter.ToString())];
        string[] words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "naive", "na", "##ï", "##ve", "Un", "中", "文", "可", ",", "'", "can", "t", "e", "##coles"];
        switch (name)
        {
            case "bert":
                return BertTokenizer.Create(new WordPieceModel(words));
            case "bert-cased":
                return BertTokenizer.Create(new WordPieceModel(words), new BertNormalizer { LowerCase = false, StripAccents = true, SpaceChinese = false });
            case "bert-added":
                return new Tokenizer(new WordPieceModel(words), new BertNormalizer(), new BertPreTokenizer(), new WordPieceDecoder(), TokenFrame.Bert,
                    [.. BertTokenizer.SpecialTokens, "_start_", "<|endoftext|>"]);
            case "word-pieces":
                return new Tokenizer(new WordPieceModel(words, new WordPieceOptions { MaxWordLength = 7 }), new BertNormalizer(), new BertPreTokenizer());
            case "gpt1" or "gpt1-task":
                BytePairModel model = new(["<unk>", .. characters, .. characters.Select(letter => letter + "</w>"), "th", "the</w>"], [new("t", "h"), new("th", "e</w>")], BytePairOptions.Gpt1);
                return Gpt1Tokenizer.Create(model, name == "gpt1" ? null : Gpt1Tokenizer.TaskFrame);
            case "gpt2":
                return Gpt2Tokenizer.Create(BytePairTrainer.Train(corpus, new BytePairTrainerOptions { VocabularySize = 300, SpecialTokens = [Gpt2Tokenizer.EndOfText] }));
            default:
                return UnigramTokenizer.Create(UnigramTrainer.Train(corpus, new UnigramTrainerOptions { VocabularySize = 70, CharacterCoverage = 1 }));
        }
    }

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content, new UTF8Encoding(false));
}
