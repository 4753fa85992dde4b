using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

public sealed class TokenizerJsonTests
{
    private const string Unigram = """
        {"version":"1.0","truncation":null,"padding":null,
         "added_tokens":[{"id":0,"content":"<unk>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
                         {"id":5,"content":"</s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
         "normalizer":null,
         "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
         "post_processor":{"type":"TemplateProcessing",
           "single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
           "pair":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}},{"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"</s>","type_id":1}}],
           "special_tokens":{"</s>":{"id":"</s>","ids":[5],"tokens":["</s>"]}}},
         "decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
         "model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["▁a",-1.5],["b",-2],["▁",-3],["中",-4.25]],"byte_fallback":false}}
        """;

    private const string WordPiece = """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
         "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
         "pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]},
         "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
         "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
           "vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"un":3,"##aff":4,"##able":5}}}
        """;

    private const string BytePair = """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,
         "decoder":{"type":"BPEDecoder","suffix":"</w>"},
         "model":{"type":"BPE","dropout":null,"unk_token":"<unk>","continuing_subword_prefix":null,"end_of_word_suffix":"</w>","fuse_unk":false,
           "vocab":{"<unk>":0,"l":1,"o":2,"w":3,"w</w>":4,"lo":5,"low</w>":6},"merges":["l o",["lo","w</w>"]]}}
        """;

    [Fact]
    public void A_unigram_tokenizer_is_read()
    {
        Tokenizer tokenizer = Read(Unigram);

        tokenizer.Encode("ab  中</s>x").Ids.ToArray().Should().Equal(1, 2, 3, 3, 4, 5, 3, 0, 5);
        tokenizer.Count.Should().Be(6);
    }

    [Fact]
    public void Word_pieces_and_byte_pairs_are_read()
    {
        Read(WordPiece).Encode("Unaffable").Ids.ToArray().Should().Equal(1, 3, 4, 5, 2);
        Read(BytePair).Encode("low lo").Ids.ToArray().Should().Equal(6, 1, 0);
    }

    [Theory]
    [InlineData(Unigram)]
    [InlineData(WordPiece)]
    [InlineData(BytePair)]
    public void What_is_written_is_read_back(string json)
    {
        string written = Write(Read(json));

        Write(Read(written)).Should().Be(written);
        foreach (string text in new[] { "ab 中", "unaffable low", "[CLS] x" }) Read(written).Encode(text).Ids.ToArray().Should().Equal(Read(json).Encode(text).Ids.ToArray());
    }

    [Fact]
    public void Older_files_do_not_name_their_model()
    {
        foreach (string json in new[] { Unigram, WordPiece, BytePair })
        {
            string type = new[] { "Unigram", "WordPiece", "BPE" }.Select(name => $"\"model\":{{\"type\":\"{name}\",").Single(json.Contains);
            Write(Read(json.Replace(type, "\"model\":{", StringComparison.Ordinal))).Should().Be(Write(Read(json)));
        }
    }

    [Fact]
    public void A_trained_unigram_tokenizer_is_written_with_the_same_scores()
    {
        ListCorpus corpus = new([.. Enumerable.Range(0, 200).Select(i => $"the cat 中文 number {i}")]);
        UnigramModel model = UnigramTrainer.Train(corpus, new UnigramTrainerOptions { VocabularySize = 60, CharacterCoverage = 1 });
        Tokenizer read = Read(Write(UnigramTokenizer.Create(model)));

        ((UnigramModel)read.Model).Pieces.Should().Equal(model.Pieces);
        ((MetaspaceNormalizer)read.Normalizer!).CollapseSpaces.Should().BeTrue();
    }

    [Fact]
    public void Published_vocabularies_are_read_back()
    {
        Tokenizer bert = BertTokenizer.Load(TestData.File("vocab", "bert-base-uncased", "vocab.txt"));
        Tokenizer read = Read(Write(bert));

        foreach (string text in new[] { "I love you", "A, naïve [MASK] AllenNLP sentence. 中文" })
            read.Encode(text).Ids.ToArray().Should().Equal(bert.Encode(text).Ids.ToArray());
    }

    [Theory]
    [InlineData(Unigram, "\"truncation\":null", "\"truncation\":{}", "truncation")]
    [InlineData(Unigram, "\"padding\":null", "\"padding\":{}", "padding")]
    [InlineData(Unigram, "\"version\"", "\"verzion\"", "verzion")]
    [InlineData(Unigram, "\"padding\":null", "\"version\":null", "JSON")]
    [InlineData(Unigram, "\"normalizer\":null", "\"normalizer\":{\"type\":\"NFKC\"}", "normalizer.type")]
    [InlineData(Unigram, "Metaspace", "Whitespace", "pre_tokenizer.type")]
    [InlineData(Unigram, "\"always\"", "\"first\"", "pre_tokenizer.prepend_scheme")]
    [InlineData(Unigram, "TemplateProcessing", "RobertaProcessing", "post_processor.type")]
    [InlineData(Unigram, "\"decoder\":{\"type\":\"Metaspace\"", "\"decoder\":{\"type\":\"Fuse\"", "decoder.type")]
    [InlineData(Unigram, "\"type\":\"Unigram\"", "\"type\":\"WordLevel\"", "model.type")]
    [InlineData(Unigram, "\"byte_fallback\":false", "\"byte_fallback\":true", "model.byte_fallback")]
    [InlineData(Unigram, "[\"b\",-2]", "[\"▁a\",-2]", "model.vocab[2][0]")]
    [InlineData(Unigram, "[\"b\",-2]", "[\"\",-2]", "model.vocab[2][0]")]
    [InlineData(Unigram, "[\"b\",-2]", "[\"b\",\"x\"]", "model.vocab[2][1]")]
    [InlineData(Unigram, "[\"b\",-2]", "[\"b\",-1e999]", "model.vocab[2][1]")]
    [InlineData(Unigram, "[\"b\",-2]", "[\"\\uD800\",-2]", "JSON")]
    [InlineData(Unigram, "\"unk_id\":0", "\"unk_id\":5", "model.unk_id")]
    [InlineData(Unigram, "\"unk_id\":0", "\"unk_id\":4294967296", "model.unk_id")]
    [InlineData(Unigram, "\"unk_id\":0", "\"unk_id\":null", "model.unk_id")]
    [InlineData(Unigram, "\"content\":\"</s>\"", "\"content\":\"\"", "added_tokens[1].content")]
    [InlineData(Unigram, "\"content\":\"</s>\"", "\"content\":\"<unk>\"", "added_tokens[1].content")]
    [InlineData(Unigram, "\"id\":5,", "\"id\":7,", "added_tokens[1].id")]
    [InlineData(Unigram, "\"special\":true}]", "\"special\":false}]", "added_tokens[1].special")]
    [InlineData(Unigram, "\"lstrip\":false", "\"lstrip\":true", "added_tokens[0].lstrip")]
    [InlineData(Unigram, "\"ids\":[5]", "\"ids\":[4]", "special_tokens")]
    [InlineData(Unigram, "\"id\":\"B\",\"type_id\":1", "\"id\":\"B\",\"type_id\":0", "post_processor.pair[2]")]
    [InlineData(WordPiece, "\"un\":3", "\"un\":2", "each id once")]
    [InlineData(WordPiece, "\"un\":3", "\"un\":9", "an id below 6")]
    [InlineData(WordPiece, "\"un\":3", "\"un\":-1", "model.vocab[\"un\"]")]
    [InlineData(WordPiece, "\"un\":3", "\"un\":4294967299", "model.vocab[\"un\"]")]
    [InlineData(WordPiece, "\"un\":3", "\"[SEP]\":3", "JSON")]
    [InlineData(WordPiece, "\"unk_token\":\"[UNK]\"", "\"unk_token\":\"[NIL]\"", "model.unk_token")]
    [InlineData(WordPiece, "[\"[CLS]\",1]", "[\"[CLZ]\",1]", "post_processor.cls")]
    [InlineData(BytePair, "\"l o\"", "\"l x\"", "model.merges[0]")]
    [InlineData(BytePair, "\"l o\"", "\"l  o\"", "model.merges[0]")]
    [InlineData(BytePair, "\"l o\"", "\"# #\"", "model.merges[0]")]
    [InlineData(BytePair, "[\"lo\",\"w</w>\"]", "\"l o\"", "model.merges[1]")]
    [InlineData(BytePair, "\"dropout\":null", "\"dropout\":0.1", "model.dropout")]
    [InlineData(BytePair, "\"fuse_unk\":false", "\"fuse_unk\":true", "model.fuse_unk")]
    [InlineData(BytePair, "}}\n", "}", "JSON")]
    public void Other_files_are_refused_by_name(string json, string old, string changed, string place)
    {
        string bad = json + "\n";
        bad.Should().Contain(old);
        int at = bad.IndexOf(old, StringComparison.Ordinal);
        bad = string.Concat(bad.AsSpan(0, at), changed, bad.AsSpan(at + old.Length));

        Assert.Throws<TokenizerException>(() => Read(bad)).Message.Should().Contain("some.json").And.Contain(place);
    }

    [Fact]
    public void A_part_without_a_name_is_not_written()
    {
        Tokenizer tokenizer = new(Read(BytePair).Model, new Gpt1Normalizer(), new Gpt1PreTokenizer());

        Assert.Throws<TokenizerException>(() => Write(tokenizer)).Message.Should().Contain(nameof(Gpt1Normalizer));
    }

    private static Tokenizer Read(string json)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(json));
        return TokenizerJson.Read(stream, "some.json");
    }

    private static string Write(Tokenizer tokenizer)
    {
        using MemoryStream stream = new();
        TokenizerJson.Write(tokenizer, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
