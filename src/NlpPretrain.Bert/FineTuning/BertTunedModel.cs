namespace NlpPretrain.Bert;

/// <summary>A BERT with the head of a task. Safe for use from several threads while it is not trained.</summary>
/// <remarks>A prediction is a function of its own input, to the bit, however many are computed together.</remarks>
public abstract class BertTunedModel
{
    private protected BertTunedModel(BertTuned tuned) => Tuned = tuned;

    /// <summary>The tuned encoder. Heads of words and of spans have no use for a pooler, so that theirs has none.</summary>
    public BertModel Model => Tuned.Model;

    internal BertTuned Tuned { get; }

    private protected BertPredictor Predictor => Tuned.Predictor;

    private protected BertInputs Inputs => Tuned.Inputs;

    /// <summary>Writes the tuned model to a folder that Hugging Face's library loads as its model of the task: config.json, model.safetensors and the tokenizer's files, and task.json beside them.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => BertTunedFiles.Save(folder, Tuned, Describe());

    /// <summary>What the folder says of the task.</summary>
    private protected abstract BertTask Describe();
}
