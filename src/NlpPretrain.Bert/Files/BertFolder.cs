using System.Text.Json;
using NlpPretrain.Layers;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>A folder of a BERT with any head, as Hugging Face's library has it.</summary>
/// <remarks>A head is a <see cref="Layer"/> whose parameters have the names of their class: "classifier.weight", "qa_outputs.weight".</remarks>
internal static class BertFolder
{
    /// <summary>Writes config.json, model.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent.</param>
    /// <param name="config">The model's.</param>
    /// <param name="parameters">The model's, and those of its head.</param>
    /// <param name="architecture">Their class, such as "BertForSequenceClassification"; "BertModel" has no prefix before its names.</param>
    /// <param name="tokenizer">The tokenizer, or null.</param>
    /// <param name="more">Writes the head's fields of config.json, or null.</param>
    internal static void Save(string folder, BertConfig config, IReadOnlyList<Parameter> parameters, string architecture, Tokenizer? tokenizer, Action<Utf8JsonWriter>? more = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ModelFolder.RequireTokens(tokenizer, config.VocabularySize!.Value, nameof(BertConfig));

        Directory.CreateDirectory(folder);
        if (tokenizer is not null) TokenizerFolder.Save(tokenizer, folder, config.ContextLength);
        BertConfigFile.Write(Path.Combine(folder, ModelFolder.ConfigFile), config, architecture, tokenizer, more);
        BertWeightsFile.Write(Path.Combine(folder, ModelFolder.WeightsFile), parameters, architecture == nameof(BertModel) ? "" : BertWeightsFile.Prefix);
    }

    /// <summary>Reads a model with its heads.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="create">
    /// Creates it, of zeros, once the file is known to hold about as many values; the config has a pooler where the file has one. It may see what heads the file has, and change the config.
    /// </param>
    /// <param name="heads">Starts of the names of the heads that are read: the file may have no other weights there.</param>
    /// <param name="check">What else must hold of the file and the model that was read. Default null: nothing.</param>
    internal static TLayer Load<TLayer>(string folder, Func<BertConfig, SafeTensorsReader, TLayer> create, ReadOnlySpan<string> heads, Action<SafeTensorsReader, TLayer>? check = null)
        where TLayer : Layer
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, ModelFolder.ConfigFile);
        if (!File.Exists(path)) throw new FileNotFoundException($"'{folder}' holds no BERT: expected {ModelFolder.ConfigFile} and {ModelFolder.WeightsFile}; {ModelFolder.ConfigFile} is not there.", path);

        string weights = ModelFolder.RequireWeights(folder);
        BertConfig config = BertConfigFile.Read(path);
        using SafeTensorsReader reader = SafeTensorsReader.Open(weights);
        BertWeightsFile.RequireSizes(reader, config);
        TLayer model = create(config with { HasPooler = BertWeightsFile.HasPooler(reader) }, reader);
        BertWeightsFile.Read(reader, model.Parameters, heads);
        check?.Invoke(reader, model);
        return model;
    }
}
