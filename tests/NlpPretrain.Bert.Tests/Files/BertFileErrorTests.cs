using System.Text.Json.Nodes;
using NlpPretrain.Serialization;
using NlpPretrain.Testing;

namespace NlpPretrain.Bert.Tests.Files;

public class BertFileErrorTests
{
    public static TheoryData<string, string, string> BadFields => new()
    {
        { "model_type", "\"roberta\"", "*config.json, model_type: expected 'bert', found \"roberta\"." },
        { "model_type", "7", "*config.json, model_type: expected a string, found 7." },
        { "model_type", "\"\\ud800\"", "*config.json, config: expected the sizes of a BERT, found *" },
        { "position_embedding_type", "\"relative_key\"", "*config.json, position_embedding_type: expected 'absolute', found \"relative_key\"." },
        { "is_decoder", "true", "*config.json, is_decoder: expected false, found true." },
        { "add_cross_attention", "1", "*config.json, add_cross_attention: expected true or false, found 1." },
        { "num_hidden_layers", "", "*config.json, num_hidden_layers: expected a whole number, found nothing." },
        { "num_hidden_layers", "1", "*model.safetensors, byte *, header: expected no weights but those of the model that config.json describes, found a tensor 'bert.encoder.layer.1.*" },
        { "num_hidden_layers", "3", "*model.safetensors, header: expected a tensor 'bert.encoder.layer.2.attention.self.query.weight', found *" },
        { "num_attention_heads", "3", "*config.json, config: expected the sizes of a BERT, found A width of 8 does not divide into 3 heads;*" },
        { "hidden_size", "500", "*model.safetensors, byte *, tensor 'bert.embeddings.word_embeddings.weight', shape: expected [11, 500], found [11, 8]." },
        { "vocab_size", "2000000000", "*model.safetensors, byte *, tensor 'bert.embeddings.word_embeddings.weight', shape: expected [2000000000, 8], found [11, 8]." },
        { "vocab_size", "null", "*config.json, vocab_size: expected a whole number, found null." },
        { "max_position_embeddings", "7", "*model.safetensors, byte *, tensor 'bert.embeddings.position_embeddings.weight', shape: expected [7, 8], found [6, 8]." },
        { "type_vocab_size", "1", "*model.safetensors, byte *, tensor 'bert.embeddings.token_type_embeddings.weight', shape: expected [1, 8], found [2, 8]." },
        { "intermediate_size", "200000", "*model.safetensors, byte *, tensor 'bert.encoder.layer.0.intermediate.dense.weight', shape: expected [200000, 8], found [12, 8]." },
        { "intermediate_size", "-1", "*config.json, config: expected the sizes of a BERT, found InnerWidth is -1;*" },
        { "hidden_dropout_prob", "\"0.1\"", "*config.json, hidden_dropout_prob: expected a number, found \"0.1\"." },
        { "hidden_dropout_prob", "1", "*config.json, config: expected the sizes of a BERT, found Dropout is 1;*" },
        { "layer_norm_eps", "1e999", "*config.json, config: expected the sizes of a BERT, found NormEpsilon is Infinity;*" },
        { "hidden_act", "\"relu\"", "*config.json, hidden_act: expected 'gelu' or 'gelu_new', found \"relu\"." },
    };

    [Theory]
    [MemberData(nameof(BadFields))]
    public void A_bad_field_is_named(string field, string value, string message)
    {
        using TemporaryFolder folder = Saved();
        string path = folder.File(BertFiles.Config);
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config.Remove(field);
        string text = config.ToJsonString();
        File.WriteAllText(path, value.Length == 0 ? text : $"{text[..^1]},\"{field}\":{value}}}");
        Refused(folder, message);
    }

    [Theory]
    [InlineData("", "*config.json, JSON: expected well-formed JSON, found *")]
    [InlineData("[]", "*config.json, JSON: expected an object, found Array.")]
    [InlineData("{\"hidden_size\": 1, \"hidden_size\": 2}", "*config.json, JSON: expected well-formed JSON, found *")]
    public void A_bad_config_is_named(string content, string message)
    {
        using TemporaryFolder folder = Saved();
        folder.Write(BertFiles.Config, content);
        Refused(folder, message);
    }

    [Fact]
    public void Damaged_weights_are_named()
    {
        using TemporaryFolder folder = Saved();
        string path = folder.File(BertFiles.Weights);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^4]);
        Refused(folder, "*model.safetensors*");

        whole.AsSpan().Replace((byte)'F', (byte)'I');                                                         // F32 to I32
        File.WriteAllBytes(path, whole);
        Refused(folder, "*model.safetensors, byte *, tensor 'bert.embeddings.word_embeddings.weight', dtype: expected F32, F16 or BF16, found I32.");
    }

    [Theory]
    [InlineData("bert.embeddings.LayerNorm.bias")]
    [InlineData("bert.encoder.layer.0.attention.self.key.weight")]
    [InlineData("bert.encoder.layer.1.attention.self.value.bias")]
    [InlineData("bert.encoder.layer.1.output.dense.weight")]
    [InlineData("bert.pooler.dense.bias")]
    public void A_missing_weight_is_named(string missing)
    {
        using TemporaryFolder folder = Saved();
        Drop(folder, missing);
        Refused(folder, $"*model.safetensors, header: expected a tensor '{missing}', found *");
    }

    [Theory]
    [InlineData("cls.predictions.bias")]
    [InlineData("cls.predictions.transform.LayerNorm.weight")]
    [InlineData("cls.seq_relationship.bias")]
    public void A_missing_weight_of_a_head_is_named(string missing)
    {
        using TemporaryFolder folder = Saved();
        Drop(folder, missing);
        RefusedWithHeads(folder, $"*model.safetensors, header: expected a tensor '{missing}', found *");
        BertModel.Load(folder.Path);
    }

    [Fact]
    public void A_model_without_the_head_of_masked_words_is_refused_where_it_is_needed()
    {
        using TemporaryFolder folder = Saved();
        TinyBert.Create().Model.Save(folder.Path);
        RefusedWithHeads(folder, "*model.safetensors, header: expected the head of masked words, 'cls.predictions.transform.dense.weight', found none; BertModel.Load reads the model without heads.");
    }

    [Theory]
    [InlineData("bert.encoder.layer.0.attention.output.dense.weight")]
    [InlineData("bert.encoder.layer.0.attention.self.query.bias")]
    [InlineData("bert.encoder.layer.1.attention.output.LayerNorm.weight")]
    [InlineData("bert.pooler.dense.weight")]
    public void A_weight_of_another_shape_is_named(string wrong)
    {
        using TemporaryFolder folder = Saved();
        BertFiles.Rewrite(folder, (name, values, shape) => name == wrong ? (name, values[..^2], [values.Length - 2]) : (name, values, shape));
        Refused(folder, $"*model.safetensors, byte *, tensor '{wrong}', shape: expected [8*], found [*].");
    }

    [Theory]
    [InlineData("bert.encoder.layer.1.crossattention.self.query.weight", true)]
    [InlineData("bert.embeddings.entity_embeddings.weight", true)]
    [InlineData("bert.pooler.other.weight", true)]
    [InlineData("cls.predictions.other.weight", false)]
    public void An_unknown_weight_is_named(string unknown, bool isOfModel)
    {
        using TemporaryFolder folder = Saved();
        BertFiles.Rewrite(folder, (name, values, shape) => (name, values, shape), BertFiles.Tensor(unknown, 8, 8));
        string message = $"*model.safetensors, byte *, header: expected no weights but those of the model that config.json describes, found a tensor '{unknown}'.";
        RefusedWithHeads(folder, message);
        if (isOfModel) Refused(folder, message);
        else BertModel.Load(folder.Path);
    }

    [Fact]
    public void An_output_projection_of_its_own_is_refused()
    {
        using TemporaryFolder folder = Saved();
        float[] decoder = TinyBert.Create().Parameters[0].Data.ToArray();
        decoder[^1]++;
        BertFiles.Rewrite(folder, (name, values, shape) => (name, values, shape), SafeTensor.FromValues("cls.predictions.decoder.weight", decoder, 11, 8));
        RefusedWithHeads(folder, "*model.safetensors, byte *, tensor 'cls.predictions.decoder.weight': expected the embeddings of the tokens, to which the output projection is tied, found other values.");
        BertModel.Load(folder.Path);
    }

    [Fact]
    public void Missing_files_are_named()
    {
        using TemporaryFolder folder = new();
        Missing($"'{folder.Path}' holds no BERT: expected config.json and model.safetensors; config.json is not there.");
        TinyBert.Create().Save(folder.Path);
        File.Delete(folder.File(BertFiles.Weights));
        Missing($"'{folder.Path}' has config.json but no model.safetensors.");
        folder.Write("pytorch_model.bin", "");
        Missing("*; pytorch_model.bin can run code when it is read: save the model as safetensors.");

        void Missing(string message)
        {
            FluentActions.Invoking(() => BertModel.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage(message);
            FluentActions.Invoking(() => BertPretrainingModel.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage(message);
        }
    }

    private static TemporaryFolder Saved()
    {
        TemporaryFolder folder = new();
        TinyBert.Create().Save(folder.Path);
        return folder;
    }

    private static void Drop(TemporaryFolder folder, string missing) => BertFiles.Rewrite(folder, (name, values, shape) => name == missing ? null : (name, values, shape));

    private static void Refused(TemporaryFolder folder, string message) =>
        FluentActions.Invoking(() => BertModel.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);

    private static void RefusedWithHeads(TemporaryFolder folder, string message) =>
        FluentActions.Invoking(() => BertPretrainingModel.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);
}
