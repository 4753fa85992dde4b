using System.Text.Json;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>config.json as Hugging Face's BertConfig writes it.</summary>
internal static class BertConfigFile
{
    private const string BertType = "bert", ExactGelu = "gelu", TanhGelu = "gelu_new";

    /// <param name="path">The file.</param>
    /// <param name="config">The model's.</param>
    /// <param name="architecture">Their class, such as "BertForPreTraining".</param>
    /// <param name="tokenizer">The tokenizer beside it, or null.</param>
    /// <param name="more">Writes the fields of a head, such as "id2label"; or null.</param>
    internal static void Write(string path, BertConfig config, string architecture, Tokenizer? tokenizer, Action<Utf8JsonWriter>? more) =>
        ModelConfigFile.Write(path, json =>
        {
            ModelConfigFile.WriteArchitecture(json, architecture);
            json.WriteNumber("attention_probs_dropout_prob", config.AttentionDropout);
            json.WriteString("hidden_act", config.UsesTanhGelu ? TanhGelu : ExactGelu);
            json.WriteNumber("hidden_dropout_prob", config.Dropout);
            json.WriteNumber("hidden_size", config.Width);
            json.WriteNumber("initializer_range", config.InitialDeviation);
            json.WriteNumber("intermediate_size", config.InnerSize);
            json.WriteNumber("layer_norm_eps", config.NormEpsilon);
            json.WriteNumber("max_position_embeddings", config.ContextLength);
            json.WriteString("model_type", BertType);
            json.WriteNumber("num_attention_heads", config.Heads);
            json.WriteNumber("num_hidden_layers", config.Layers);
            ModelConfigFile.WriteToken(json, "pad_token_id", tokenizer, BertTokenizer.SpecialTokens[0]);
            json.WriteString("position_embedding_type", "absolute");
            json.WriteBoolean("tie_word_embeddings", true);
            json.WriteString("torch_dtype", "float32");
            json.WriteNumber("type_vocab_size", config.SegmentTypes);
            json.WriteNumber("vocab_size", config.VocabularySize!.Value);
            more?.Invoke(json);
        });

    internal static BertConfig Read(string path) => ModelConfigFile.Read(path, "the sizes of a BERT", Read);

    private static BertConfig Read(JsonFields fields)
    {
        if (fields.Has("model_type") && fields.Text("model_type") != BertType) throw fields.Wrong("model_type", $"'{BertType}'");       // files of 2018 have none
        if (fields.Has("position_embedding_type") && fields.Text("position_embedding_type") != "absolute") throw fields.Wrong("position_embedding_type", "'absolute'");
        foreach (string option in (ReadOnlySpan<string>)["is_decoder", "add_cross_attention"])
        {
            if (fields.Switch(option, absent: false)) throw fields.Wrong(option, "false");
        }

        int width = fields.Integer("hidden_size"), inner = fields.Integer("intermediate_size");
        BertConfig config = new()
        {
            Layers = fields.Integer("num_hidden_layers"),
            Heads = fields.Integer("num_attention_heads"),
            Width = width,
            InnerWidth = inner == 4L * width ? null : inner,
            ContextLength = fields.Integer("max_position_embeddings"),
            SegmentTypes = fields.Has("type_vocab_size") ? fields.Integer("type_vocab_size") : 2,
            VocabularySize = fields.Integer("vocab_size"),
            Dropout = (float)fields.Number("hidden_dropout_prob", 0.1),
            AttentionDropout = (float)fields.Number("attention_probs_dropout_prob", 0.1),
            UsesTanhGelu = IsTanh(fields),
            NormEpsilon = (float)fields.Number("layer_norm_eps", 1e-12),
            InitialDeviation = fields.Number("initializer_range", 0.02),
        };
        config.Validate();
        return config;
    }

    private static bool IsTanh(JsonFields fields) => !fields.Has("hidden_act") ? false : fields.Text("hidden_act") switch
    {
        ExactGelu or "gelu_python" => false,
        TanhGelu or "gelu_fast" or "gelu_pytorch_tanh" => true,                                                 // one function, computed in other ways
        _ => throw fields.Wrong("hidden_act", $"'{ExactGelu}' or '{TanhGelu}'"),
    };
}
