using System.Text.Json;
using System.Text.Json.Serialization;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>What task.json holds.</summary>
internal sealed record GptTaskFile(string Task, string[] Labels, int MaxLength, bool BothOrders, double? ScoreMean, double? ScoreDeviation, float ClassifierDropout);

/// <summary>The folder of a tuned model: that of the model, and task.json, head.safetensors and tokenizer.json.</summary>
internal static class GptTunedFiles
{
    private const string TaskFile = "task.json", HeadFile = "head.safetensors";

    public static void Save(string folder, GptTuned tuned, string task, IReadOnlyList<string>? labels = null, ScoreScale? scale = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        tuned.Model.Save(folder, tuned.Inputs.Tokenizer);
        SafeTensors.Write(Path.Combine(folder, HeadFile), [.. tuned.Head.Parameters.Select(parameter => ModelFolder.TensorOf(parameter, parameter.Name))]);
        GptTaskFile file = new(task, [.. labels ?? []], tuned.Inputs.MaxLength, tuned.IsBothOrders, scale?.Mean, scale?.Deviation, tuned.Head.Dropout);
        File.WriteAllBytes(Path.Combine(folder, TaskFile), JsonSerializer.SerializeToUtf8Bytes(file, GptTaskJson.Default.GptTaskFile));
    }

    /// <param name="folder">The folder.</param>
    /// <param name="task">The task that its model must be for.</param>
    /// <param name="outputs">Number of scores; null for one a label.</param>
    /// <param name="hasBias">Whether the head has a bias.</param>
    public static (GptTuned Tuned, GptTaskFile Task) Load(string folder, string task, int? outputs, bool hasBias)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, TaskFile);
        GptTaskFile file = StateJson.Read(path, GptTaskJson.Default.GptTaskFile, "the task of a tuned model", "task");
        if (file.Task != task) throw new ModelFormatException(path, "task", task, file.Task);
        if (outputs is null && file.Labels.Distinct(StringComparer.Ordinal).Count(label => label is { Length: > 0 }) is int known && (known < 2 || known < file.Labels.Length))
            throw new ModelFormatException(path, "labels", "at least 2, distinct and not empty", string.Join(", ", file.Labels));

        GptModel model = GptModel.Load(folder);
        Tokenizer tokenizer = TokenizerFolder.Load(folder);
        int vocabulary = model.Config.VocabularySize!.Value - GptInputs.NewTokens;
        if (tokenizer.Count > vocabulary)
            throw new ModelFormatException(folder, "tokenizer", FormattableString.Invariant($"at most {vocabulary} tokens, those of the model"), FormattableString.Invariant($"{tokenizer.Count}"));
        if (file.MaxLength < GptInputs.LeastLength || file.MaxLength > model.Config.ContextLength)
            throw new ModelFormatException(path, "max_length", FormattableString.Invariant($"from {GptInputs.LeastLength} to {model.Config.ContextLength}"), FormattableString.Invariant($"{file.MaxLength}"));
        if (!(file.ClassifierDropout is >= 0 and < 1))
            throw new ModelFormatException(path, "classifier_dropout", "from 0 to below 1", FormattableString.Invariant($"{file.ClassifierDropout}"));

        ScoreScale.Read(path, file.ScoreMean, file.ScoreDeviation);
        GptHead head = new(model.Config, outputs ?? file.Labels.Length, hasBias, file.ClassifierDropout, seed: 0);
        ReadHead(folder, head);
        return (new GptTuned(model, head, new GptInputs(tokenizer, vocabulary, file.MaxLength), file.BothOrders), file);
    }

    /// <summary>Takes the weights of a checkpoint.</summary>
    public static void LoadWeights(string folder, GptTuned tuned)
    {
        GptModel.Load(folder).CopyTo(tuned.Model);
        ReadHead(folder, tuned.Head);
    }

    private static void ReadHead(string folder, GptHead head)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(Path.Combine(folder, HeadFile));
        foreach (Parameter parameter in head.Parameters) ModelFolder.Read(reader, parameter.Name, parameter);
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GptTaskFile))]
internal sealed partial class GptTaskJson : JsonSerializerContext;
