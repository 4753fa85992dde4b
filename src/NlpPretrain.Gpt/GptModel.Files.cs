using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <content>The model's folder.</content>
public sealed partial class GptModel
{
    /// <summary>Writes the model to a folder that Hugging Face's library loads, as OpenAIGPTLMHeadModel or GPT2LMHeadModel: config.json, model.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <param name="tokenizer">The tokenizer to write beside it, see <see cref="TokenizerFolder"/>. Default null: none.</param>
    /// <exception cref="ArgumentException">The tokenizer has more tokens than the model.</exception>
    /// <exception cref="TokenizerException">The files have no name for a part of the tokenizer.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder, Tokenizer? tokenizer = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ModelFolder.RequireTokens(tokenizer, Config.VocabularySize!.Value, nameof(GptConfig));
        Directory.CreateDirectory(folder);
        if (tokenizer is not null) TokenizerFolder.Save(tokenizer, folder, Config.ContextLength);
        GptConfigFile.Write(Path.Combine(folder, ModelFolder.ConfigFile), Config, tokenizer);
        GptWeightsFile.Write(Path.Combine(folder, ModelFolder.WeightsFile), this);
    }

    /// <summary>Reads a model: a folder that <see cref="Save"/> or Hugging Face's library wrote, or OpenAI's release of GPT-1, params_shapes.json and params_0.npy to params_9.npy.</summary>
    /// <remarks>The tokenizer is read by <see cref="TokenizerFolder.Load"/>. Weights in float16 or bfloat16 become float32. Heads of tasks are left out.</remarks>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, the files do not belong together, or the model is none of this library.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static GptModel Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string config = Path.Combine(folder, ModelFolder.ConfigFile);
        if (!File.Exists(config) && OpenAIRelease.IsIn(folder)) return OpenAIRelease.Read(folder, CreateBlank);
        if (!File.Exists(config))
            throw new FileNotFoundException($"'{folder}' holds no GPT: expected {ModelFolder.ConfigFile} and {ModelFolder.WeightsFile}, or OpenAI's {OpenAIRelease.ShapesFile} with its parts; none is there.", config);

        return GptWeightsFile.Read(ModelFolder.RequireWeights(folder), GptConfigFile.Read(config), CreateBlank);
    }

    /// <summary>A model of zeros, for a reader that fills it: drawing random weights would take longer than reading others.</summary>
    private static GptModel CreateBlank(GptConfig config) => new(config, 0, isBlank: true);
}
