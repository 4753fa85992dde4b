using System.Text.Json.Nodes;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;

namespace NlpPretrain.Bert.Tests.Files;

public class HuggingFaceFolderTests
{
    private static readonly string[] OfBlock =
    [
        "attention.self.query.weight [8, 8]", "attention.self.query.bias [8]", "attention.self.key.weight [8, 8]", "attention.self.key.bias [8]", "attention.self.value.weight [8, 8]", "attention.self.value.bias [8]",
        "attention.output.dense.weight [8, 8]", "attention.output.dense.bias [8]", "attention.output.LayerNorm.weight [8]", "attention.output.LayerNorm.bias [8]",
        "intermediate.dense.weight [12, 8]", "intermediate.dense.bias [12]", "output.dense.weight [8, 12]", "output.dense.bias [8]", "output.LayerNorm.weight [8]", "output.LayerNorm.bias [8]",
    ];

    private static readonly string[] OfModel =
    [
        "embeddings.word_embeddings.weight [11, 8]", "embeddings.position_embeddings.weight [6, 8]", "embeddings.token_type_embeddings.weight [2, 8]", "embeddings.LayerNorm.weight [8]", "embeddings.LayerNorm.bias [8]",
        .. new[] { 0, 1 }.SelectMany(i => OfBlock.Select(name => $"encoder.layer.{i}.{name}")), "pooler.dense.weight [8, 8]", "pooler.dense.bias [8]",
    ];

    private static readonly string[] OfHeads =
    [
        "cls.predictions.transform.dense.weight [8, 8]", "cls.predictions.transform.dense.bias [8]", "cls.predictions.transform.LayerNorm.weight [8]", "cls.predictions.transform.LayerNorm.bias [8]",
        "cls.predictions.bias [11]", "cls.seq_relationship.weight [2, 8]", "cls.seq_relationship.bias [2]",
    ];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_model_written_and_read_back_gives_the_same_bits(bool hasPooler, bool isTanh)
    {
        using TemporaryFolder folder = new();
        BertPretrainingModel model = TinyBert.Create(TinyBert.Config with
        {
            HasPooler = hasPooler,
            UsesTanhGelu = isTanh,
            Dropout = 0.25f,
            AttentionDropout = 0,
            NormEpsilon = 1e-6f,
            InitialDeviation = 0.3,
            Layers = 3,
            Width = 20,
            InnerWidth = hasPooler ? null : 30,
            SegmentTypes = 3,
        });
        model.Save(folder.Path);
        BertPretrainingModel read = BertPretrainingModel.Load(folder.Path);

        read.Model.Config.Should().Be(model.Model.Config);
        Equal(read.Parameters, model.Parameters);
        Outputs(read).Should().Equal(Outputs(model));
        Equal(BertModel.Load(folder.Path).Parameters, model.Model.Parameters);
    }

    [Fact]
    public void A_model_without_heads_written_and_read_back_gives_the_same_bits()
    {
        using TemporaryFolder folder = new();
        BertModel model = TinyBert.Create().Model;
        model.Save(folder.Path);
        Contents(folder).Should().BeEquivalentTo(OfModel);
        Architecture(folder).Should().Be("BertModel");
        Equal(BertModel.Load(folder.Path).Parameters, model.Parameters);
    }

    [Fact]
    public void Names_and_shapes_are_theirs()
    {
        using TemporaryFolder folder = new();
        TinyBert.Create().Save(folder.Path);
        Contents(folder).Should().BeEquivalentTo([.. OfModel.Select(name => $"bert.{name}"), .. OfHeads]);
        Architecture(folder).Should().Be("BertForPreTraining");

        TinyBert.Create(TinyBert.Config with { HasPooler = false }).Save(folder.Path);
        Contents(folder).Should().BeEquivalentTo([.. OfModel[..^2].Select(name => $"bert.{name}"), .. OfHeads[..^2]]);
        Architecture(folder).Should().Be("BertForMaskedLM");
    }

    [Fact]
    public void Queries_keys_and_values_are_three_in_the_file()
    {
        using TemporaryFolder folder = new();
        BertPretrainingModel model = TinyBert.Create();
        model.Save(folder.Path);
        using SafeTensorsReader reader = SafeTensorsReader.Open(folder.File(BertFiles.Weights));
        reader.Metadata.Should().Contain("format", "pt");
        float[] weight = new float[64], bias = new float[8];
        string[] parts = ["query", "key", "value"];
        for (int i = 0; i < 3; i++)
        {
            reader.Read($"bert.encoder.layer.1.attention.self.{parts[i]}.weight", weight);
            reader.Read($"bert.encoder.layer.1.attention.self.{parts[i]}.bias", bias);
            weight.Should().Equal(Parameter("weight").Data.Slice(64 * i, 64).ToArray());
            bias.Should().Equal(Parameter("bias").Data.Slice(8 * i, 8).ToArray());
        }

        Parameter Parameter(string name) => model.Parameters.Single(parameter => parameter.Name == $"bert.encoder.layer.1.attention.self.query_key_value.{name}");
    }

    [Fact]
    public void The_config_has_what_their_library_reads()
    {
        using TemporaryFolder folder = new();
        TinyBert.Create().Save(folder.Path);
        Config("""{"architectures":["BertForPreTraining"],"attention_probs_dropout_prob":0.1,"hidden_act":"gelu","hidden_dropout_prob":0.1,"hidden_size":8,"initializer_range":0.02,"intermediate_size":12,"layer_norm_eps":1E-12,"max_position_embeddings":6,"model_type":"bert","num_attention_heads":2,"num_hidden_layers":2,"pad_token_id":null,"position_embedding_type":"absolute","tie_word_embeddings":true,"torch_dtype":"float32","type_vocab_size":2,"vocab_size":11}""");
        TinyBert.Create(TinyBert.Config with { InnerWidth = null, UsesTanhGelu = true, HasPooler = false }).Save(folder.Path);
        Config("""{"architectures":["BertForMaskedLM"],"attention_probs_dropout_prob":0.1,"hidden_act":"gelu_new","hidden_dropout_prob":0.1,"hidden_size":8,"initializer_range":0.02,"intermediate_size":32,"layer_norm_eps":1E-12,"max_position_embeddings":6,"model_type":"bert","num_attention_heads":2,"num_hidden_layers":2,"pad_token_id":null,"position_embedding_type":"absolute","tie_word_embeddings":true,"torch_dtype":"float32","type_vocab_size":2,"vocab_size":11}""");

        void Config(string expected) => JsonNode.Parse(File.ReadAllText(folder.File(BertFiles.Config)))!.ToJsonString().Should().Be(JsonNode.Parse(expected)!.ToJsonString());
    }

    [Theory]
    [InlineData("gelu", false)]
    [InlineData("gelu_python", false)]
    [InlineData("gelu_new", true)]
    [InlineData("gelu_pytorch_tanh", true)]
    [InlineData("gelu_fast", true)]
    public void A_folder_of_2018_is_read(string activation, bool isTanh)
    {
        using TemporaryFolder folder = new();
        BertPretrainingModel model = TinyBert.Create(TinyBert.Config with { UsesTanhGelu = isTanh });
        model.Save(folder.Path);
        folder.Write(BertFiles.Config, $$"""{"attention_probs_dropout_prob":0.1,"directionality":"bidi","hidden_act":"{{activation}}","hidden_dropout_prob":0.1,"hidden_size":8,"initializer_range":0.02,"intermediate_size":12,"max_position_embeddings":6,"num_attention_heads":2,"num_hidden_layers":2,"pooler_fc_size":768,"type_vocab_size":2,"vocab_size":11}""");
        float[] decoder = model.Parameters[0].Data.ToArray();
        BertFiles.Rewrite(folder, (name, values, shape) => (name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal), values, shape),
            SafeTensor.FromValues("cls.predictions.decoder.weight", decoder, 11, 8), BertFiles.Tensor("bert.embeddings.position_ids", 1, 6));

        BertPretrainingModel read = BertPretrainingModel.Load(folder.Path);
        read.Model.Config.Should().Be(model.Model.Config);
        Equal(read.Parameters, model.Parameters);
        Equal(BertModel.Load(folder.Path).Parameters, model.Model.Parameters);
    }

    [Fact]
    public void The_bias_of_the_decoder_is_read_by_either_name()
    {
        using TemporaryFolder folder = new();
        BertPretrainingModel model = TinyBert.Create();
        model.Save(folder.Path);
        BertFiles.Rewrite(folder, (name, values, shape) => (name.Replace("cls.predictions.bias", "cls.predictions.decoder.bias", StringComparison.Ordinal), values, shape));
        Equal(BertPretrainingModel.Load(folder.Path).Parameters, model.Parameters);

        model.Save(folder.Path);
        BertFiles.Rewrite(folder, (name, values, shape) => (name, values, shape), BertFiles.Tensor("cls.predictions.decoder.bias", 11));
        Equal(BertPretrainingModel.Load(folder.Path).Parameters, model.Parameters);
    }

    [Theory]
    [InlineData("classifier.weight", true, true)]
    [InlineData("qa_outputs.weight", true, false)]
    [InlineData("qa_outputs.weight", false, false)]
    [InlineData("classifier.weight", false, true)]
    public void A_model_is_read_from_under_any_head(string head, bool hasPrefix, bool hasPooler)
    {
        using TemporaryFolder folder = new();
        BertPretrainingModel model = TinyBert.Create();
        model.Save(folder.Path);
        BertFiles.Rewrite(folder, (name, values, shape) => name.StartsWith("cls.", StringComparison.Ordinal) || (!hasPooler && name.Contains("pooler", StringComparison.Ordinal)) ? null
            : (hasPrefix ? name : name["bert.".Length..], values, shape), BertFiles.Tensor(head, 2, 8));

        BertModel read = BertModel.Load(folder.Path);
        read.Config.Should().Be(model.Model.Config with { HasPooler = hasPooler });
        Equal(read.Parameters, [.. model.Model.Parameters.Take(read.Parameters.Count)]);
        read.Parameters.Should().HaveCount(hasPooler ? 31 : 29);
    }

    [Fact]
    public void A_head_of_masked_words_alone_is_read_with_or_without_a_pooler_below()
    {
        BertPretrainingModel model = TinyBert.Create();
        foreach (string dropped in (string[])["pooler", "cls.seq_relationship"])
        {
            using TemporaryFolder folder = new();
            model.Save(folder.Path);
            BertFiles.Rewrite(folder, (name, values, shape) => name.Contains("seq_relationship", StringComparison.Ordinal) || name.Contains(dropped, StringComparison.Ordinal) ? null : (name, values, shape));
            BertPretrainingModel read = BertPretrainingModel.Load(folder.Path);
            read.Model.Config.HasPooler.Should().BeFalse();
            Equal(read.Parameters, [.. model.Parameters.Where(parameter => !parameter.Name.Contains("pooler", StringComparison.Ordinal) && !parameter.Name.Contains("seq_relationship", StringComparison.Ordinal))]);
        }
    }

    [Fact]
    public void The_tokenizer_travels_along()
    {
        using TemporaryFolder folder = new();
        Tokenizer tokenizer = BertTokenizer.Create(new WordPieceModel(["[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]", "a", "##pple", "苹", "果", "pear"]));
        TinyBert.Create().Save(folder.Path, tokenizer);
        TokenizerFolder.Load(folder.Path).Encode("苹果 Apple").Ids.ToArray().Should().Equal(tokenizer.Encode("苹果 Apple").Ids.ToArray()).And.Equal(2, 7, 8, 5, 6, 3);
        JsonNode.Parse(File.ReadAllText(folder.File(BertFiles.Config)))!["pad_token_id"]!.GetValue<int>().Should().Be(1);
        File.ReadAllLines(folder.File("vocab.txt")).Should().HaveCount(10);

        foreach (Action save in (Action[])[() => TinyBert.Create(Few).Save(folder.Path, tokenizer), () => TinyBert.Create(Few).Model.Save(folder.Path, tokenizer)])
        {
            save.Should().Throw<ArgumentException>().WithMessage("The tokenizer has 10 tokens and the model 9 (BertConfig.VocabularySize); give the one that the model was trained with.*");
        }
    }

    private static BertConfig Few => TinyBert.Config with { VocabularySize = 9 };

    private static void Equal(IReadOnlyList<Parameter> ours, IReadOnlyList<Parameter> expected)
    {
        ours.Should().HaveCount(expected.Count);
        foreach ((Parameter one, Parameter other) in ours.Zip(expected))
        {
            one.Name.Should().BeOneOf(other.Name, other.Name.Replace("bert.", "", StringComparison.Ordinal));
            one.Data.ToArray().Should().Equal(other.Data.ToArray(), one.Name);
        }
    }

    private static float[] Outputs(BertPretrainingModel model)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor hidden = model.Model.Hidden(pass, TinyBert.Ids, TinyBert.Segments, new(2, 6), [6, 4]);
        float[] words = model.MaskedLogits(model.MaskedHidden(hidden, [3, 6])).Data.ToArray();
        return model.Model.Config.HasPooler ? [.. words, .. model.NextSentenceLogits(model.Model.Pooled(hidden)).Data] : words;
    }

    private static string[] Contents(TemporaryFolder folder)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(folder.File(BertFiles.Weights));
        return [.. reader.Tensors.Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]")];
    }

    private static string Architecture(TemporaryFolder folder) => JsonNode.Parse(File.ReadAllText(folder.File(BertFiles.Config)))!["architectures"]![0]!.GetValue<string>();
}
