using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <summary>model.safetensors as Hugging Face's OpenAIGPTLMHeadModel and GPT2LMHeadModel write it.</summary>
/// <remarks>Names are the parameters' behind "transformer.", but for "lm_head.weight"; the four weights of a block are [inputs, outputs] there, as their Conv1D has them.</remarks>
internal static class GptWeightsFile
{
    private const string Prefix = "transformer.", Head = "lm_head.weight";

    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };                  // their library asks for it

    internal static void Write(string path, GptModel model) =>
        SafeTensors.Write(path, [.. model.Parameters.Select(parameter => TensorOf(parameter, NameOf(parameter, Prefix)))], Metadata);

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

    /// <summary>Reads a parameter, whose shape in the file must be its own.</summary>
    internal static void Read(SafeTensorsReader reader, string name, Parameter parameter)
    {
        long[] shape = [.. Enumerable.Range(0, parameter.Shape.Rank).Select(axis => (long)parameter.Shape[axis])];
        if (Transposition.Has(parameter)) Array.Reverse(shape);
        reader.Require(name, shape);
        if (Transposition.Has(parameter)) Transposition.Read(parameter, (first, rows) => reader.Read(name, first, rows));
        else reader.Read(name, parameter.Data);
    }

    /// <summary>A parameter as it is written.</summary>
    internal static SafeTensor TensorOf(Parameter parameter, string name)
    {
        Shape shape = parameter.Shape;
        if (Transposition.Has(parameter)) return SafeTensor.FromRows(name, [shape[1], shape[0]], Transposition.Write(parameter));
        return SafeTensor.FromRows(name, shape.Rank == 1 ? [shape[0]] : [shape[0], shape[1]], row => parameter.Data.Slice((int)row * shape.Columns, shape.Columns));
    }

    /// <summary>What else a folder without <see cref="GptModel.WeightsFile"/> has, for the message.</summary>
    internal static string DescribeOthers(string folder) =>
        File.Exists(Path.Combine(folder, "model.safetensors.index.json")) ? "; its weights are in several files (model.safetensors.index.json): save the model as one"
        : File.Exists(Path.Combine(folder, "pytorch_model.bin")) ? "; pytorch_model.bin can run code when it is read: save the model as safetensors"
        : "";

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
                throw new ModelFormatException(reader.Path, "header", $"{layers} blocks, as {GptModel.ConfigFile} says (n_layer)", $"a tensor '{tensor.Name[..Math.Min(tensor.Name.Length, 80)]}'", tensor.Offset);
        }
    }
}
