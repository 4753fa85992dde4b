using NlpPretrain.Initialization;
using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <content>The model's folder, and copies of its weights.</content>
public sealed partial class BertModel
{
    /// <summary>Writes the model, without a head, to a folder that Hugging Face's library loads, as BertModel: config.json, model.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <param name="tokenizer">The tokenizer to write beside it, see <see cref="TokenizerFolder"/>. Default null: none.</param>
    /// <exception cref="ArgumentException">The tokenizer has more tokens than the model.</exception>
    /// <exception cref="TokenizerException">The files have no name for a part of the tokenizer.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder, Tokenizer? tokenizer = null) => BertFolder.Save(folder, Config, Parameters, nameof(BertModel), tokenizer);

    /// <summary>Reads a model from a folder that this library or Hugging Face's wrote, whatever head it has; the head is left out.</summary>
    /// <remarks>
    /// The tokenizer is read by <see cref="TokenizerFolder.Load"/>. Weights in float16 or bfloat16 become float32. Where the file has no pooler, as those of heads of tokens and spans, the
    /// model has none (<see cref="BertConfig.HasPooler"/>).
    /// </remarks>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, the files do not belong together, or the model is none of this library.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static BertModel Load(string folder) => BertFolder.Load(folder, (config, _) => CreateBlank(config), heads: []);

    /// <summary>Copies all weights to a model of the same architecture; a pooler that one of them does not have is left out.</summary>
    /// <param name="other">The model that receives them; dropouts may differ.</param>
    /// <exception cref="ArgumentException">A parameter has another shape, or there are more or fewer blocks.</exception>
    public void CopyTo(BertModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Config.Layers != other.Config.Layers)
            throw new ArgumentException($"This model has {Config.Layers} blocks and the other {other.Config.Layers}; create it with this model's config (BertModel.Config).", nameof(other));
        ModelFolder.CopyWeights([.. Parameters.Zip(other.Parameters)], "BertModel.Config");             // the pooler is the last
    }

    /// <summary>A copy, for a task that changes it.</summary>
    /// <param name="config">This model's config; dropouts may differ, and the pooler may go or, with new weights, come.</param>
    /// <param name="seed">Seed of the weights of a new pooler.</param>
    internal BertModel Copy(BertConfig config, ulong seed)
    {
        bool hasNewPooler = config.HasPooler && !Config.HasPooler;
        BertModel copy = hasNewPooler ? new(config, seed) : CreateBlank(config);
        CopyTo(copy);
        return copy;
    }

    /// <summary>A model of zeros, for a reader that fills it: drawing random weights would take longer than reading others.</summary>
    internal static BertModel CreateBlank(BertConfig config) => new(config, new RandomStreams(0), isBlank: true);
}
