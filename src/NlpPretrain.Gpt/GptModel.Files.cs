using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <content>The model's folder.</content>
public sealed partial class GptModel
{
    /// <summary>Writes the model to a folder, as Hugging Face's library has it: config.json, model.safetensors, and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <param name="tokenizer">The tokenizer to write beside it. Default null: none.</param>
    public void Save(string folder, Tokenizer? tokenizer = null) => throw new NotImplementedException();

    /// <summary>Reads a model from a folder in the layout of Hugging Face's library.</summary>
    /// <param name="folder">The folder.</param>
    public static GptModel Load(string folder) => throw new NotImplementedException();
}
