using NlpPretrain.Layers;

namespace NlpPretrain.Elmo;

/// <summary>An ELMo with the head of a task. Safe for use from several threads while it is not trained.</summary>
/// <remarks>A prediction is a function of its own input, to the bit, however many are computed together.</remarks>
public abstract class ElmoTunedModel
{
    private protected ElmoTunedModel(ElmoTuned tuned) => Tuned = tuned;

    /// <summary>The language model's layers, as they were pretrained or, where the task trained them, as it left them.</summary>
    public ElmoModel Model => Tuned.Model;

    /// <summary>The mix of the layers that the task has learned, such as for <see cref="ElmoEmbedder.Mix"/>.</summary>
    public ScalarMix Mix => Tuned.Mix;

    internal ElmoTuned Tuned { get; }

    private protected ElmoPredictor Predictor => Tuned.Predictor;

    private protected ElmoInputs Inputs => Tuned.Inputs;

    /// <summary>Writes the tuned model to a folder: config.json, model.safetensors, vocabulary.txt and task.json.</summary>
    /// <remarks>
    /// A <see cref="Text.WordTokenizer"/> and a <see cref="Text.WhitespaceTokenizer"/> are written too; of others, such as a <see cref="Text.ChineseTokenizer"/> with its dictionary, Load has to be given an equal one.
    /// <see cref="ElmoModel.Load"/> reads the language model of such a folder.
    /// </remarks>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => ElmoTunedFiles.Save(folder, Tuned, Describe());

    /// <summary>What the folder says of the task.</summary>
    private protected abstract ElmoTask Describe();
}
