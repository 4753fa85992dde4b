using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>config.json as Hugging Face's OpenAIGPTConfig and GPT2Config write it.</summary>
internal static class GptConfigFile
{
    private const string Gpt1Type = "openai-gpt", Gpt2Type = "gpt2";

    internal static void Write(string path, GptConfig config, Tokenizer? tokenizer)
    {
        bool isFirst = config.Architecture == GptArchitecture.Gpt1;
        ModelConfigFile.Write(path, json =>
        {
            json.WriteString(isFirst ? "afn" : "activation_function", isFirst ? "gelu" : "gelu_new");           // both names mean the tanh form
            ModelConfigFile.WriteArchitecture(json, isFirst ? "OpenAIGPTLMHeadModel" : "GPT2LMHeadModel");
            json.WriteNumber("attn_pdrop", config.AttentionDropout);
            ModelConfigFile.WriteToken(json, "bos_token_id", tokenizer, Gpt2Tokenizer.EndOfText);               // absent, GPT2Config takes 50256
            json.WriteNumber("embd_pdrop", config.EmbeddingDropout);
            ModelConfigFile.WriteToken(json, "eos_token_id", tokenizer, Gpt2Tokenizer.EndOfText);
            json.WriteNumber("initializer_range", config.InitialDeviation);
            json.WriteNumber("layer_norm_epsilon", config.NormEpsilon);
            json.WriteString("model_type", isFirst ? Gpt1Type : Gpt2Type);
            json.WriteNumber("n_ctx", config.ContextLength);
            json.WriteNumber("n_embd", config.Width);
            json.WriteNumber("n_head", config.Heads);
            if (!isFirst) json.WriteNull("n_inner");
            json.WriteNumber("n_layer", config.Layers);
            json.WriteNumber("n_positions", config.ContextLength);
            json.WriteNumber("resid_pdrop", config.ResidualDropout);
            json.WriteBoolean("tie_word_embeddings", config.TiesOutput);
            json.WriteString("torch_dtype", "float32");
            json.WriteNumber("vocab_size", config.VocabularySize!.Value);
        });
    }

    internal static GptConfig Read(string path) => ModelConfigFile.Read(path, "the sizes of a GPT", Read);

    private static GptConfig Read(JsonFields fields)
    {
        string type = fields.Text("model_type");
        bool isFirst = type == Gpt1Type;
        if (!isFirst && type != Gpt2Type) throw fields.Wrong("model_type", $"'{Gpt1Type}' or '{Gpt2Type}'");

        GptConfig config = new()
        {
            Architecture = isFirst ? GptArchitecture.Gpt1 : GptArchitecture.Gpt2,
            Layers = fields.Integer("n_layer"),
            Heads = fields.Integer("n_head"),
            Width = fields.Integer("n_embd"),
            ContextLength = fields.Integer("n_positions"),
            VocabularySize = fields.Integer("vocab_size"),
            TiesOutput = fields.Switch("tie_word_embeddings", absent: true),
            EmbeddingDropout = (float)fields.Number("embd_pdrop", 0.1),
            AttentionDropout = (float)fields.Number("attn_pdrop", 0.1),
            ResidualDropout = (float)fields.Number("resid_pdrop", 0.1),
            NormEpsilon = (float)fields.Number("layer_norm_epsilon", 1e-5),
            InitialDeviation = fields.Number("initializer_range", 0.02),
        };
        RequireSupported(fields, isFirst, config.Width);
        config.Validate();
        return config;
    }

    // A config may ask for another function than the one that is computed here: better no model than a wrong one.
    private static void RequireSupported(JsonFields fields, bool isFirst, int width)
    {
        string activation = isFirst ? "afn" : "activation_function";
        if (fields.Has(activation) && fields.Text(activation) is var name && !(isFirst ? name == "gelu" : name is "gelu_new" or "gelu_pytorch_tanh"))
            throw fields.Wrong(activation, isFirst ? "'gelu'" : "'gelu_new'");
        if (fields.Has("n_inner") && fields.Integer("n_inner") != 4L * width) throw fields.Wrong("n_inner", $"null or {4L * width}, four times n_embd");
        if (!fields.Switch("scale_attn_weights", absent: true)) throw fields.Wrong("scale_attn_weights", "true");
        foreach (string option in (ReadOnlySpan<string>)["scale_attn_by_inverse_layer_idx", "add_cross_attention"])
        {
            if (fields.Switch(option, absent: false)) throw fields.Wrong(option, "false");
        }
    }
}
