using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>model.safetensors as Hugging Face's OpenAIGPTLMHeadModel and GPT2LMHeadModel write it.</summary>
/// <remarks>Names are the parameters' behind "transformer.", but for "lm_head.weight"; the four weights of a block are [inputs, outputs] there, as their Conv1D has them.</remarks>
internal static class GptWeightsFile
{
    private const string Prefix = "transformer.", Head = "lm_head.weight";

    internal static void Write(string path, GptModel model) =>
        SafeTensors.Write(path, [.. model.Parameters.Select(parameter => TensorOf(parameter, NameOf(parameter, Prefix)))], ModelFolder.WeightsMetadata);

    /// <param name="path">The file.</param>
    /// <param name="config">What config.json says.</param>
    /// <param name="create">Creates the model, once the file is known to hold about as many values as it has.</param>
    internal static GptModel Read(string path, GptConfig config, Func<GptConfig, GptModel> create)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        bool isFirst = config.Architecture == GptArchitecture.Gpt1;
        string tokens = isFirst ? "tokens_embed.weight" : "wte.weight", positions = isFirst ? "positions_embed.weight" : "wpe.weight";
        string prefix = reader.Contains(Prefix + tokens) ? Prefix : "";
        reader.Require(prefix + tokens, config.VocabularySize!.Value, config.Width);
        reader.Require(prefix + positions, config.ContextLength, config.Width);
        for (int i = 0; i < config.Layers; i++) reader.Require($"{prefix}h.{i}.attn.c_attn.weight", config.Width, 3L * config.Width);
        RequireNoMore(reader, prefix, config.Layers);

        GptModel model = create(config);
        foreach (Parameter parameter in model.Parameters) Read(reader, NameOf(parameter, prefix), parameter);
        return model;
    }

    private static void Read(SafeTensorsReader reader, string name, Parameter parameter)
    {
        if (!Transposition.Has(parameter))
        {
            ModelFolder.Read(reader, name, parameter);
            return;
        }

        reader.Require(name, parameter.Shape[1], parameter.Shape[0]);
        Transposition.Read(parameter, (first, rows) => reader.Read(name, first, rows));
    }

    private static SafeTensor TensorOf(Parameter parameter, string name) => !Transposition.Has(parameter) ? ModelFolder.TensorOf(parameter, name)
        : SafeTensor.FromRows(name, [parameter.Shape[1], parameter.Shape[0]], Transposition.Write(parameter));

    private static string NameOf(Parameter parameter, string prefix) => parameter.Name == Head ? Head : prefix + parameter.Name;

    // Blocks beyond the config's would be another model. Masks are no weights, and other heads are not the decoder's.
    private static void RequireNoMore(SafeTensorsReader reader, string prefix, int layers)
    {
        string start = prefix + "h.";
        foreach (SafeTensorInfo tensor in reader.Tensors)
        {
            if (!tensor.Name.StartsWith(start, StringComparison.Ordinal)) continue;
            string block = tensor.Name[start.Length..].Split('.')[0];
            if (!int.TryParse(block, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) || number >= layers)
                throw new ModelFormatException(reader.Path, "header", $"{layers} blocks, as {ModelFolder.ConfigFile} says (n_layer)", $"a tensor '{tensor.Name[..Math.Min(tensor.Name.Length, 80)]}'", tensor.Offset);
        }
    }
}
