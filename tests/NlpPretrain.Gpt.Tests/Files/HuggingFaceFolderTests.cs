using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using NlpPretrain.Serialization;
using NlpPretrain.Testing;
using NlpPretrain.Text;

namespace NlpPretrain.Gpt.Tests.Files;

public class HuggingFaceFolderTests
{
    [Theory]
    [InlineData(GptArchitecture.Gpt1, true)]
    [InlineData(GptArchitecture.Gpt1, false)]
    [InlineData(GptArchitecture.Gpt2, true)]
    [InlineData(GptArchitecture.Gpt2, false)]
    public void A_model_written_and_read_back_gives_the_same_bits(GptArchitecture architecture, bool tiesOutput)
    {
        using TemporaryFolder folder = new();
        GptConfig config = TinyGpt.Config with { EmbeddingDropout = 0.25f, AttentionDropout = 0, ResidualDropout = 0.3f, NormEpsilon = 1e-6f, Layers = 3, Width = 20 };
        GptModel model = TinyGpt.Create(architecture, tiesOutput, config);
        model.Save(folder.Path);
        GptModel read = GptModel.Load(folder.Path);

        read.Config.Should().Be(model.Config);
        TinyGpt.Logits(read).Should().Equal(TinyGpt.Logits(model));
        read.Parameters.Select(parameter => parameter.Name).Should().Equal(model.Parameters.Select(parameter => parameter.Name));
        foreach ((var one, var other) in read.Parameters.Zip(model.Parameters)) one.Data.ToArray().Should().Equal(other.Data.ToArray(), one.Name);
    }

    [Fact]
    public void Weights_of_blocks_are_by_inputs_in_the_file()
    {
        using TemporaryFolder folder = new();
        GptModel model = TinyGpt.Create(GptArchitecture.Gpt2, tiesOutput: false, TinyGpt.Config with { Width = 20 });
        model.Save(folder.Path);
        using SafeTensorsReader reader = SafeTensorsReader.Open(folder.File("model.safetensors"));
        reader.Metadata.Should().Contain("format", "pt");
        reader.Tensors.Should().HaveCount(model.Parameters.Count);

        reader.Require("transformer.h.1.mlp.c_fc.weight", 20, 80);
        float[] values = new float[1600];
        reader.Read("transformer.h.1.mlp.c_fc.weight", values);
        float[] ours = model.Parameters.Single(parameter => parameter.Name == "h.1.mlp.c_fc.weight").Data.ToArray();                        // [80, 20]
        for (int input = 0; input < 20; input++)
        {
            for (int output = 0; output < 80; output++) values[input * 80 + output].Should().Be(ours[output * 20 + input]);
        }

        reader.Require("transformer.wte.weight", 11, 20);
        reader.Require("transformer.h.0.ln_1.bias", 20);
        reader.Require("lm_head.weight", 11, 20);
        TinyGpt.Create().Save(folder.Path);
        using SafeTensorsReader tied = SafeTensorsReader.Open(folder.File("model.safetensors"));
        tied.Contains("lm_head.weight").Should().BeFalse();
        tied.Contains("transformer.tokens_embed.weight").Should().BeTrue();
    }

    [Fact]
    public void The_config_has_what_their_library_reads()
    {
        using TemporaryFolder folder = new();
        TinyGpt.Create(GptArchitecture.Gpt2).Save(folder.Path);
        Config("""{"activation_function":"gelu_new","architectures":["GPT2LMHeadModel"],"attn_pdrop":0.1,"bos_token_id":null,"embd_pdrop":0.1,"eos_token_id":null,"initializer_range":0.2,"layer_norm_epsilon":1E-05,"model_type":"gpt2","n_ctx":6,"n_embd":8,"n_head":2,"n_inner":null,"n_layer":2,"n_positions":6,"resid_pdrop":0.1,"tie_word_embeddings":true,"torch_dtype":"float32","vocab_size":11}""");
        TinyGpt.Create(GptArchitecture.Gpt1, tiesOutput: false).Save(folder.Path);
        Config("""{"afn":"gelu","architectures":["OpenAIGPTLMHeadModel"],"attn_pdrop":0.1,"bos_token_id":null,"embd_pdrop":0.1,"eos_token_id":null,"initializer_range":0.2,"layer_norm_epsilon":1E-05,"model_type":"openai-gpt","n_ctx":6,"n_embd":8,"n_head":2,"n_layer":2,"n_positions":6,"resid_pdrop":0.1,"tie_word_embeddings":false,"torch_dtype":"float32","vocab_size":11}""");

        void Config(string expected) => JsonNode.Parse(File.ReadAllText(folder.File("config.json")))!.ToJsonString().Should().Be(JsonNode.Parse(expected)!.ToJsonString());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_folder_as_theirs_is_read(bool hasPrefix, bool isFirst)
    {
        using TemporaryFolder folder = new();
        GptModel model = TinyGpt.Create(isFirst ? GptArchitecture.Gpt1 : GptArchitecture.Gpt2);
        model.Save(folder.Path);
        folder.Write("config.json", isFirst
            ? """{"afn":"gelu","model_type":"openai-gpt","n_ctx":6,"n_embd":8,"n_head":2,"n_layer":2,"n_positions":6,"n_special":0,"predict_special_tokens":true,"vocab_size":11,"task_specific_params":{"a":[1]}}"""
            : """{"activation_function":"gelu_new","model_type":"gpt2","n_embd":8,"n_head":2,"n_inner":32,"n_layer":2,"n_positions":6,"vocab_size":11,"scale_attn_weights":true,"summary_type":"cls_index"}""");
        Rewrite(folder, (name, shape, values) => (hasPrefix ? name : name.Replace("transformer.", "", StringComparison.Ordinal), shape, values), hasPrefix ? "transformer." : "");
        TinyGpt.Logits(GptModel.Load(folder.Path)).Should().Equal(TinyGpt.Logits(model));
    }

    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Half_precision_is_read(string type)
    {
        using TemporaryFolder folder = new();
        GptModel model = TinyGpt.Create(GptArchitecture.Gpt2);
        foreach (var parameter in model.Parameters)
        {
            foreach (ref float value in parameter.Data) value = type == "F16" ? (float)(Half)value : Float(Bits(value));
        }

        model.Save(folder.Path);
        byte[] file = File.ReadAllBytes(folder.File("model.safetensors"));
        int length = (int)BitConverter.ToInt64(file);
        JsonObject header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        foreach ((string name, JsonNode? tensor) in header.Where(entry => entry.Key != "__metadata__"))
        {
            tensor!["dtype"] = type;
            tensor["data_offsets"] = new JsonArray([.. tensor["data_offsets"]!.AsArray().Select(offset => (JsonNode)((long)offset! / 2))]);
        }

        ushort[] halves = [.. MemoryMarshal.Cast<byte, float>(file.AsSpan(8 + length)).ToArray().Select(value => type == "F16" ? BitConverter.HalfToUInt16Bits((Half)value) : Bits(value))];
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(header);
        File.WriteAllBytes(folder.File("model.safetensors"), [.. BitConverter.GetBytes((long)text.Length), .. text, .. MemoryMarshal.AsBytes(halves.AsSpan())]);
        TinyGpt.Logits(GptModel.Load(folder.Path)).Should().Equal(TinyGpt.Logits(model));

        static ushort Bits(float value) => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
        static float Float(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
    }

    [Fact]
    public void The_tokenizer_travels_along()
    {
        using TemporaryFolder folder = new();
        Tokenizer tokenizer = ByteTokenizer();
        GptModel model = TinyGpt.Create(GptArchitecture.Gpt2, config: TinyGpt.Config with { VocabularySize = 260 });
        model.Save(folder.Path, tokenizer);
        TokenizerFolder.Load(folder.Path).Encode("苹果 apple").Ids.ToArray().Should().Equal(tokenizer.Encode("苹果 apple").Ids.ToArray());
        GptModel.Load(folder.Path).Config.Should().Be(model.Config);
        JsonNode.Parse(File.ReadAllText(folder.File("config.json")))!["eos_token_id"]!.GetValue<int>().Should().Be(256);

        FluentActions.Invoking(() => TinyGpt.Create().Save(folder.Path, tokenizer)).Should().Throw<ArgumentException>()
            .WithMessage("The tokenizer has 257 tokens and the model 11 (GptConfig.VocabularySize); give the one that the model was trained with.*");
    }

    /// <summary>Every byte a token, and an end of text.</summary>
    private static Tokenizer ByteTokenizer()
    {
        int hidden = 0;
        string[] letters = [.. Enumerable.Range(0, 256).Select(i => ((char)(i is > 32 and < 127 or > 160 and not 173 ? i : 256 + hidden++)).ToString())];
        return Gpt2Tokenizer.Create(new BytePairModel([.. letters, "<|endoftext|>"], [], BytePairOptions.Gpt2));
    }

    /// <summary>Writes the weights anew under other names, with the masks that their older versions keep and with a head of a task.</summary>
    private static void Rewrite(TemporaryFolder folder, Func<string, long[], float[], (string, long[], float[])> change, string prefix)
    {
        string path = folder.File("model.safetensors");
        List<SafeTensor> tensors = [];
        using (SafeTensorsReader reader = SafeTensorsReader.Open(path))
        {
            foreach (SafeTensorInfo tensor in reader.Tensors)
            {
                float[] values = new float[tensor.Count];
                reader.Read(tensor.Name, values);
                (string name, long[] shape, values) = change(tensor.Name, [.. tensor.Shape], values);
                tensors.Add(SafeTensor.FromValues(name, values, shape));
            }
        }

        tensors.Add(SafeTensor.FromValues(prefix + "h.0.attn.bias", new float[36], 1, 1, 6, 6));
        tensors.Add(SafeTensor.FromValues(prefix + "h.1.attn.masked_bias", new float[1]));
        tensors.Add(SafeTensor.FromValues("score.weight", new float[16], 2, 8));
        tensors.Add(SafeTensor.FromValues("lm_head.weight", new float[88], 11, 8));                                                    // tied: not read
        SafeTensors.Write(path, tensors);
    }
}
