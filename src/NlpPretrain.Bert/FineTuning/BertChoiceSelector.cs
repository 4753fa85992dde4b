using NlpPretrain.Serialization;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Selects one of several answers, over a fine-tuned BERT: Hugging Face's BertForMultipleChoice.</summary>
/// <inheritdoc cref="BertTunedModel" path="/remarks"/>
public sealed class BertChoiceSelector : BertTunedModel, IChoiceSelector
{
    internal const string TaskName = "multiple choice";

    internal BertChoiceSelector(BertTuned tuned) : base(tuned)
    {
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are fewer than two choices, one does not fit into the model's context, or a text is null or empty.</exception>
    public int Choose(string context, IReadOnlyList<string> choices) => Best(Predictor.Scores([Inputs.Choices(context, choices)])[0]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are fewer than two choices, one does not fit into the model's context, or a text is null or empty.</exception>
    public IReadOnlyList<int> ChooseBatch(IReadOnlyList<(string Context, IReadOnlyList<string> Choices)> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        BertSequence[][] encoded = [.. questions.Select((question, index) => Inputs.Choices(question.Context, question.Choices, index))];
        return [.. Predictor.Scores(encoded, cancellationToken).Select(Best)];
    }

    /// <summary>The probability of each choice.</summary>
    /// <param name="context">The text that the choices belong to.</param>
    /// <param name="choices">The choices, at least two.</param>
    /// <exception cref="ArgumentException">There are fewer than two choices, one does not fit into the model's context, or a text is null or empty.</exception>
    public IReadOnlyList<double> Probabilities(string context, IReadOnlyList<string> choices) => Predictor.Probabilities([Inputs.Choices(context, choices)])[0];

    /// <summary>Reads a selector from a folder that <see cref="BertTunedModel.Save"/> or Hugging Face's library wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, is of another task, or the files do not belong together.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static BertChoiceSelector Load(string folder) => new(BertTunedFiles.Load(folder, TaskName, BertTask.MultipleChoice, static _ => BertHeadForm.Choice, hasLabels: false).Tuned);

    private protected override BertTask Describe() => new(TaskName, BertTask.MultipleChoice);

    /// <summary>The first of the highest scores.</summary>
    private static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());
}
