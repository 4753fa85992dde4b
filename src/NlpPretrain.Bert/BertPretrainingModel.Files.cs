using NlpPretrain.Text;

namespace NlpPretrain.Bert;

/// <content>The model's folder.</content>
public sealed partial class BertPretrainingModel
{
    /// <summary>Writes the model to a folder that Hugging Face's library loads, as BertForPreTraining: config.json, model.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <param name="tokenizer">The tokenizer to write beside it, see <see cref="TokenizerFolder"/>. Default null: none.</param>
    public void Save(string folder, Tokenizer? tokenizer = null) => throw new NotImplementedException(folder + tokenizer + Model);

    /// <summary>Reads a model from a folder that <see cref="Save"/> or Hugging Face's library wrote.</summary>
    /// <param name="folder">The folder.</param>
    public static BertPretrainingModel Load(string folder) => throw new NotImplementedException(folder);

    /// <summary>Copies all weights to a model of the same architecture.</summary>
    /// <param name="other">The model that receives them; dropouts may differ.</param>
    public void CopyTo(BertPretrainingModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((var source, var target) in Parameters.Zip(other.Parameters)) source.Data.CopyTo(target.Data);
    }
}
