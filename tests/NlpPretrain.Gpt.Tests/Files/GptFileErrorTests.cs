using System.Text.Json.Nodes;
using NlpPretrain.Serialization;
using NlpPretrain.Testing;

namespace NlpPretrain.Gpt.Tests.Files;

public class GptFileErrorTests
{
    public static TheoryData<string, string, string> BadFields => new()
    {
        { "model_type", "\"bert\"", "*config.json, model_type: expected 'openai-gpt' or 'gpt2', found \"bert\"." },
        { "model_type", "", "*config.json, model_type: expected a string, found nothing." },
        { "model_type", "7", "*config.json, model_type: expected a string, found 7." },
        { "model_type", "\"\\ud800\"", "*config.json, config: expected the sizes of a GPT, found *" },
        { "n_layer", "", "*config.json, n_layer: expected a whole number, found nothing." },
        { "n_layer", "1.5", "*config.json, n_layer: expected a whole number, found 1.5." },
        { "n_layer", "1", "*model.safetensors, byte *, header: expected 1 blocks, as config.json says (n_layer), found a tensor 'transformer.h.1.*" },
        { "n_layer", "3", "*model.safetensors, header: expected a tensor 'transformer.h.2.attn.c_attn.weight', found *" },
        { "n_head", "3", "*config.json, config: expected the sizes of a GPT, found A width of 8 does not divide into 3 heads;*" },
        { "n_embd", "16", "*model.safetensors, byte *, tensor 'transformer.wte.weight', shape: expected [11, 16], found [11, 8]." },
        { "n_embd", "500", "*model.safetensors, byte *, tensor 'transformer.wte.weight', shape: expected [11, 500], found [11, 8]." },
        { "vocab_size", "2000000000", "*model.safetensors, byte *, tensor 'transformer.wte.weight', shape: expected [2000000000, 8], found [11, 8]." },
        { "n_positions", "7", "*model.safetensors, byte *, tensor 'transformer.wpe.weight', shape: expected [7, 8], found [6, 8]." },
        { "vocab_size", "null", "*config.json, vocab_size: expected a whole number, found null." },
        { "resid_pdrop", "\"0.1\"", "*config.json, resid_pdrop: expected a number, found \"0.1\"." },
        { "resid_pdrop", "1", "*config.json, config: expected the sizes of a GPT, found ResidualDropout is 1;*" },
        { "layer_norm_epsilon", "1e999", "*config.json, config: expected the sizes of a GPT, found NormEpsilon is Infinity;*" },
        { "tie_word_embeddings", "0", "*config.json, tie_word_embeddings: expected true or false, found 0." },
        { "tie_word_embeddings", "false", "*model.safetensors, header: expected a tensor 'lm_head.weight', found *" },
        { "activation_function", "\"relu\"", "*config.json, activation_function: expected 'gelu_new', found \"relu\"." },
        { "n_inner", "16", "*config.json, n_inner: expected null or 32, four times n_embd, found 16." },
        { "scale_attn_weights", "false", "*config.json, scale_attn_weights: expected true, found false." },
        { "scale_attn_by_inverse_layer_idx", "true", "*config.json, scale_attn_by_inverse_layer_idx: expected false, found true." },
    };

    [Theory]
    [MemberData(nameof(BadFields))]
    public void A_bad_field_is_named(string field, string value, string message)
    {
        using TemporaryFolder folder = new();
        TinyGpt.Create(GptArchitecture.Gpt2).Save(folder.Path);
        string path = folder.File("config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config.Remove(field);
        string text = config.ToJsonString();
        File.WriteAllText(path, value.Length == 0 ? text : $"{text[..^1]},\"{field}\":{value}}}");
        Refused(folder, message);
    }

    [Theory]
    [InlineData("", "*config.json, JSON: expected well-formed JSON, found *")]
    [InlineData("[]", "*config.json, JSON: expected an object, found Array.")]
    [InlineData("{\"n_layer\": 1, \"n_layer\": 2}", "*config.json, JSON: expected well-formed JSON, found *")]
    public void A_bad_config_is_named(string content, string message)
    {
        using TemporaryFolder folder = new();
        TinyGpt.Create(GptArchitecture.Gpt2).Save(folder.Path);
        folder.Write("config.json", content);
        Refused(folder, message);
    }

    [Fact]
    public void Damaged_weights_are_named()
    {
        using TemporaryFolder folder = new();
        TinyGpt.Create(GptArchitecture.Gpt2).Save(folder.Path);
        string path = folder.File("model.safetensors");
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^4]);
        Refused(folder, "*model.safetensors*");

        whole.AsSpan().Replace((byte)'F', (byte)'I');                                                         // F32 to I32
        File.WriteAllBytes(path, whole);
        Refused(folder, "*model.safetensors, byte *, tensor 'transformer.wte.weight', dtype: expected F32, F16 or BF16, found I32.");
    }

    [Theory]
    [InlineData("h.0.attn.c_proj.weight")]
    [InlineData("h.1.ln_2.bias")]
    [InlineData("ln_f.weight")]
    [InlineData("wpe.weight")]
    public void A_missing_weight_is_named(string missing)
    {
        using TemporaryFolder folder = new();
        GptModel model = TinyGpt.Create(GptArchitecture.Gpt2);
        model.Save(folder.Path);
        SafeTensors.Write(folder.File("model.safetensors"), [.. model.Parameters.Where(parameter => parameter.Name != missing).Select(Tensor)]);
        Refused(folder, $"*model.safetensors, header: expected a tensor '{missing}', found *");

        static SafeTensor Tensor(Tensors.Parameter parameter)
        {
            int[] shape = [.. Enumerable.Range(0, parameter.Shape.Rank).Select(axis => parameter.Shape[axis])];
            if (shape.Length == 2 && parameter.Name.StartsWith('h')) Array.Reverse(shape);
            return SafeTensor.FromValues(parameter.Name, parameter.Data.ToArray(), [.. shape.Select(size => (long)size)]);
        }
    }

    [Fact]
    public void A_weight_that_is_not_by_inputs_is_named()
    {
        using TemporaryFolder folder = new();
        GptModel model = TinyGpt.Create(GptArchitecture.Gpt2);
        model.Save(folder.Path);
        SafeTensors.Write(folder.File("model.safetensors"), [.. model.Parameters.Select(parameter =>
            SafeTensor.FromValues(parameter.Name, parameter.Data.ToArray(), parameter.Shape.Rank == 1 ? [parameter.Shape[0]] : [parameter.Shape[0], parameter.Shape[1]]))]);
        Refused(folder, "*model.safetensors, byte *, tensor 'h.0.attn.c_attn.weight', shape: expected [8, 24], found [24, 8].");
    }

    [Fact]
    public void Missing_files_are_named()
    {
        using TemporaryFolder folder = new();
        Missing($"'{folder.Path}' holds no GPT: expected config.json and model.safetensors, or OpenAI's params_shapes.json with its parts; none is there.");
        TinyGpt.Create().Save(folder.Path);
        File.Delete(folder.File("model.safetensors"));
        Missing($"'{folder.Path}' has config.json but no model.safetensors.");
        folder.Write("pytorch_model.bin", "");
        Missing("*; pytorch_model.bin can run code when it is read: save the model as safetensors.");
        folder.Write("model.safetensors.index.json", "{}");
        Missing("*; its weights are in several files (model.safetensors.index.json): save the model as one.");

        void Missing(string message) => FluentActions.Invoking(() => GptModel.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage(message);
    }

    private static void Refused(TemporaryFolder folder, string message) =>
        FluentActions.Invoking(() => GptModel.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);
}
