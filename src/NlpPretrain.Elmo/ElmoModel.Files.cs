using NlpPretrain.Initialization;
using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <content>The model's folder, and copies of its weights.</content>
public sealed partial class ElmoModel
{
    /// <summary>Writes the model, without a softmax, to a folder: config.json, model.safetensors and vocabulary.txt.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <param name="vocabulary">The vocabulary to write beside it. Default null: none.</param>
    /// <exception cref="ArgumentException">The vocabulary is of another size than the model's.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder, ElmoVocabulary? vocabulary = null) => ElmoFolder.Save(folder, Config, this, vocabulary);

    /// <summary>Reads a model from a folder that <see cref="Save"/> or <see cref="ElmoLanguageModel.Save"/> wrote; a softmax is left out.</summary>
    /// <remarks>The vocabulary is read by <see cref="ElmoVocabulary.Load"/>. Weights in float16 or bfloat16 become float32.</remarks>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, or the files do not belong together: every weight that disagrees with the config is named.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ElmoModel Load(string folder) => ElmoFolder.Load(folder, hasSoftmax: false, config => new ElmoModel(config, new RandomStreams(0)));

    /// <summary>Copies all weights to a model of the same architecture.</summary>
    /// <param name="other">The model that receives them; dropout, limits and skip connections may differ.</param>
    /// <exception cref="ArgumentException">A parameter is missing or has another shape.</exception>
    public void CopyTo(ElmoModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Parameters.Count != other.Parameters.Count)
            throw new ArgumentException($"This model has {Parameters.Count} parameters and the other {other.Parameters.Count}; create it with this model's config (ElmoModel.Config).", nameof(other));
        ModelFolder.CopyWeights([.. Parameters.Zip(other.Parameters)], "ElmoModel.Config");
    }

    /// <summary>A copy, for a task that changes it.</summary>
    /// <param name="config">This model's config; dropout may differ.</param>
    internal ElmoModel Copy(ElmoConfig config)
    {
        ElmoModel copy = new(config, new RandomStreams(0));
        CopyTo(copy);
        return copy;
    }
}
