using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Selects one of several answers, over a fine-tuned GPT. Safe for use from several threads while it is not trained.</summary>
/// <remarks>A choice is a function of its own question, to the bit, however many are computed together.</remarks>
public sealed class GptChoiceSelector : IChoiceSelector
{
    private const string TaskName = "multiple choice";

    internal GptChoiceSelector(GptTuned tuned) => Tuned = tuned;

    /// <summary>The tuned model; its three last tokens are start, delimiter and extract.</summary>
    public GptModel Model => Tuned.Model;

    internal GptTuned Tuned { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are fewer than two choices, one does not fit into the model's context, or a text is null or empty.</exception>
    public int Choose(string context, IReadOnlyList<string> choices) => Best(Tuned.Predictor.Scores([Tuned.Inputs.Choices(context, choices)])[0]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are fewer than two choices, one does not fit into the model's context, or a text is null or empty.</exception>
    public IReadOnlyList<int> ChooseBatch(
        IReadOnlyList<(string Context, IReadOnlyList<string> Choices)> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        int[][][] encoded = [.. questions.Index().Select(question => Tuned.Inputs.Choices(question.Item.Context, question.Item.Choices, question.Index))];
        return [.. Tuned.Predictor.Scores(encoded, cancellationToken).Select(Best)];
    }

    /// <summary>The probability of each choice.</summary>
    /// <param name="context">The text that the choices belong to.</param>
    /// <param name="choices">The choices, at least two.</param>
    /// <exception cref="ArgumentException">There are fewer than two choices, one does not fit into the model's context, or a text is null or empty.</exception>
    public IReadOnlyList<double> Probabilities(string context, IReadOnlyList<string> choices) => Tuned.Predictor.Probabilities([Tuned.Inputs.Choices(context, choices)])[0];

    /// <summary>Writes the tuned model to a folder: that of <see cref="GptModel.Save"/> with task.json, head.safetensors and the tokenizer's files.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => GptTunedFiles.Save(folder, Tuned, TaskName);

    /// <summary>Reads a tuned model from the folder that <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static GptChoiceSelector Load(string folder) => new(GptTunedFiles.Load(folder, TaskName, outputs: 1, hasBias: false).Tuned);

    /// <summary>The first of the highest scores.</summary>
    private static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());
}
