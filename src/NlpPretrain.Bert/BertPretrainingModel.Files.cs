using NlpPretrain.Initialization;
using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <content>The model's folder, and copies of its weights.</content>
public sealed partial class BertPretrainingModel
{
    private const string Heads = "cls.", Sentences = "cls.seq_relationship", Words = "cls.predictions.transform.dense.weight";

    /// <summary>Writes the model to a folder that Hugging Face's library loads, as BertForPreTraining or, without a pooler, BertForMaskedLM: config.json, model.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <param name="tokenizer">The tokenizer to write beside it, see <see cref="TokenizerFolder"/>. Default null: none.</param>
    /// <exception cref="ArgumentException">The tokenizer has more tokens than the model.</exception>
    /// <exception cref="TokenizerException">The files have no name for a part of the tokenizer.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder, Tokenizer? tokenizer = null) =>
        BertFolder.Save(folder, Model.Config, Parameters, _nextSentence is null ? "BertForMaskedLM" : "BertForPreTraining", tokenizer);

    /// <summary>Reads a model with the heads of pretraining from a folder that <see cref="Save"/> or Hugging Face's library wrote.</summary>
    /// <remarks>
    /// The tokenizer is read by <see cref="TokenizerFolder.Load"/>. Weights in float16 or bfloat16 become float32. Where the file has no next-sentence head, as those of BertForMaskedLM, the
    /// model has neither it nor a pooler (<see cref="BertConfig.HasPooler"/>).
    /// </remarks>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, the files do not belong together, or the model is none of this library or has no head of masked words.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static BertPretrainingModel Load(string folder) =>
        BertFolder.Load(folder, CreateFor, [Heads], (reader, model) => BertWeightsFile.RequireTied(reader, model.Model.TokenTable));

    /// <summary>Copies all weights to a model of the same architecture.</summary>
    /// <param name="other">The model that receives them; dropouts may differ.</param>
    /// <exception cref="ArgumentException">A parameter is missing or has another shape.</exception>
    public void CopyTo(BertPretrainingModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Parameters.Count != other.Parameters.Count)
            throw new ArgumentException($"This model has {Parameters.Count} parameters and the other {other.Parameters.Count}; create it with this model's config (BertModel.Config).", nameof(other));
        ModelFolder.CopyWeights([.. Parameters.Zip(other.Parameters)], "BertModel.Config");
    }

    private static BertPretrainingModel CreateFor(BertConfig config, SafeTensorsReader reader)
    {
        if (!reader.Contains(Words))
            throw new ModelFormatException(reader.Path, "header", $"the head of masked words, '{Words}'", "none; BertModel.Load reads the model without heads");
        reader.Require(Words, config.Width, config.Width);
        return new(config with { HasPooler = config.HasPooler && reader.Contains($"{Sentences}.weight") }, new RandomStreams(0), isBlank: true);
    }
}
