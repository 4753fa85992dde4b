using System.Text.Json;
using System.Text.Json.Serialization;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>What a folder says of a task.</summary>
/// <param name="Name">The task.</param>
/// <param name="Architecture">The class of Hugging Face's library that reads the folder.</param>
internal sealed record BertTask(string Name, string Architecture)
{
    public const string SequenceClassification = "BertForSequenceClassification", MultipleChoice = "BertForMultipleChoice", TokenClassification = "BertForTokenClassification",
        QuestionAnswering = "BertForQuestionAnswering";

    /// <summary>The classes; null where the task has none.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    public ScoreScale? Scale { get; init; }

    public BertSpanOptions? Spans { get; init; }
}

/// <summary>What a folder of a tuned model has.</summary>
internal sealed record BertTunedFolder(BertTuned Tuned, LabelSet? Labels, ScoreScale? Scale, BertSpanOptions? Spans);

/// <summary>What task.json holds: what config.json has no name for.</summary>
internal sealed record BertTaskFile(string Task, int MaxLength, double? ScoreMean, double? ScoreDeviation, BertSpanOptions? Spans);

/// <summary>The folder of a tuned model: Hugging Face's, and task.json, without which it is read too.</summary>
internal static class BertTunedFiles
{
    private const string TaskFile = "task.json", Dropout = "classifier_dropout", Architectures = "architectures", Classes = "id2label", Numbers = "label2id";

    public static void Save(string folder, BertTuned tuned, BertTask task)
    {
        // Their class of choices has a bias.
        IReadOnlyList<Parameter> parameters = tuned.Form.HasBias ? tuned.Parameters : [.. tuned.Parameters, new Parameter($"{tuned.Form.Name}.bias", new(tuned.Form.Outputs))];
        BertFolder.Save(folder, tuned.Model.Config, parameters, task.Architecture, tuned.Inputs.Tokenizer, json => WriteHead(json, tuned, task));
        BertTaskFile file = new(task.Name, tuned.Inputs.MaxLength, task.Scale?.Mean, task.Scale?.Deviation, task.Spans);
        File.WriteAllBytes(Path.Combine(folder, TaskFile), JsonSerializer.SerializeToUtf8Bytes(file, BertTaskJson.Default.BertTaskFile));
    }

    /// <param name="folder">The folder.</param>
    /// <param name="name">The task that its model must be for.</param>
    /// <param name="architecture">The class of Hugging Face's library that reads it.</param>
    /// <param name="form">The head of so many classes.</param>
    /// <param name="hasLabels">Whether the task has classes.</param>
    public static BertTunedFolder Load(string folder, string name, string architecture, Func<int, BertHeadForm> form, bool hasLabels)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        BertTaskFile? task = ReadTask(Path.Combine(folder, TaskFile), name);
        Tokenizer? tokenizer = null;
        LabelSet? labels = null;
        BertHeadForm? head = null;
        BertTuned tuned = BertFolder.Load(folder, Create, ["classifier.weight", "qa_outputs."]);
        return new BertTunedFolder(tuned, labels, ScoreScale.Read(folder, task?.ScoreMean, task?.ScoreDeviation), task?.Spans);

        BertTuned Create(BertConfig config, SafeTensorsReader reader)
        {
            string path = Path.Combine(folder, ModelFolder.ConfigFile);
            JsonElement fields = JsonFields.ReadRoot(path);
            RequireArchitecture(path, fields, architecture);
            if (hasLabels) labels = LabelsOf(path, fields, reader);
            head = form(labels?.Count ?? 0);
            if (head.UsesPooler && !config.HasPooler) throw new ModelFormatException(reader.Path, "header", $"a pooler, as {architecture} has", "none");

            tokenizer = TokenizerFolder.Load(folder);
            if (tokenizer.Count > config.VocabularySize)
                throw new ModelFormatException(folder, "tokenizer", FormattableString.Invariant($"at most {config.VocabularySize} tokens, those of the model"), FormattableString.Invariant($"{tokenizer.Count}"));
            BertInputs inputs = InputsOf(folder, tokenizer, task, config);
            return new BertTuned(BertModel.CreateBlank(config with { HasPooler = head.UsesPooler }), head, DropoutOf(path, config), inputs, seed: null);
        }
    }

    /// <summary>Takes the weights of a checkpoint.</summary>
    public static void LoadWeights(string folder, BertTuned tuned)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(ModelFolder.RequireWeights(folder));
        BertWeightsFile.Read(reader, tuned.Parameters, $"{tuned.Form.Name}.weight");
    }

    private static void WriteHead(Utf8JsonWriter json, BertTuned tuned, BertTask task)
    {
        if (tuned.Form.HasDropout) json.WriteNumber(Dropout, tuned.Dropout);
        IReadOnlyList<string>? labels = task.Labels ?? (task.Architecture == BertTask.SequenceClassification ? ["LABEL_0"] : null);       // one class is a regression there
        if (labels is null) return;

        json.WriteStartObject(Classes);
        for (int index = 0; index < labels.Count; index++) json.WriteString(FormattableString.Invariant($"{index}"), labels[index]);
        json.WriteEndObject();
        json.WriteStartObject(Numbers);
        for (int index = 0; index < labels.Count; index++) json.WriteNumber(labels[index], index);
        json.WriteEndObject();
        if (task.Architecture == BertTask.SequenceClassification) json.WriteString("problem_type", task.Labels is null ? "regression" : "single_label_classification");
    }

    private static BertTaskFile? ReadTask(string path, string name)
    {
        if (!File.Exists(path)) return null;

        BertTaskFile file = StateJson.Read(path, BertTaskJson.Default.BertTaskFile, "the task of a tuned model", "task");
        if (file.Task != name) throw new ModelFormatException(path, "task", name, file.Task);
        ScoreScale.Read(path, file.ScoreMean, file.ScoreDeviation);
        return file;
    }

    private static BertInputs InputsOf(string folder, Tokenizer tokenizer, BertTaskFile? task, BertConfig config)
    {
        string path = Path.Combine(folder, TaskFile);
        int most = task?.MaxLength ?? config.ContextLength;
        if (most < BertInputs.LeastLength || most > config.ContextLength)
            throw new ModelFormatException(path, "max_length", FormattableString.Invariant($"from {BertInputs.LeastLength} to {config.ContextLength}"), FormattableString.Invariant($"{most}"));

        try
        {
            BertInputs inputs = new(tokenizer, most, config.SegmentTypes);
            task?.Spans?.Validate(most, inputs.PairFrame);
            return inputs;
        }
        catch (ArgumentException cause)
        {
            throw new ModelFormatException(task?.Spans is null ? folder : path, task?.Spans is null ? "tokenizer" : "spans", "what the task can be computed with", cause.Message, innerException: cause);
        }
    }

    private static float DropoutOf(string path, BertConfig config)
    {
        JsonFields fields = JsonFields.Read(path);
        double dropout = fields.Number(Dropout, config.Dropout);
        return dropout is >= 0 and < 1 ? (float)dropout : throw fields.Wrong(Dropout, "from 0 to below 1");
    }

    private static void RequireArchitecture(string path, JsonElement fields, string expected)
    {
        if (!fields.TryGetProperty(Architectures, out JsonElement given) || given.ValueKind == JsonValueKind.Null) return;
        if (given.ValueKind != JsonValueKind.Array || !given.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals(expected)))
            throw new ModelFormatException(path, Architectures, $"'{expected}'", Short(given));
    }

    /// <summary>The classes; where the config does not name them, their library calls them LABEL_0, LABEL_1 and so on.</summary>
    private static LabelSet LabelsOf(string path, JsonElement fields, SafeTensorsReader reader)
    {
        const string weight = "classifier.weight";
        if (!reader.Contains(weight)) throw new ModelFormatException(reader.Path, "header", $"a tensor '{weight}'", "none");
        if (!fields.TryGetProperty(Classes, out JsonElement given) || given.ValueKind == JsonValueKind.Null)
            return Create(Enumerable.Range(0, (int)Math.Min(reader[weight].Shape[0], int.MaxValue)).Select(index => FormattableString.Invariant($"LABEL_{index}")));
        if (given.ValueKind != JsonValueKind.Object) throw Wrong();

        string[] labels = new string[given.EnumerateObject().Count()];
        for (int index = 0; index < labels.Length; index++)
        {
            if (!given.TryGetProperty(FormattableString.Invariant($"{index}"), out JsonElement label) || label.ValueKind != JsonValueKind.String) throw Wrong();
            labels[index] = label.GetString()!;
        }

        return Create(labels);

        LabelSet Create(IEnumerable<string> names)
        {
            try
            {
                return new LabelSet(names);
            }
            catch (ArgumentException cause)
            {
                throw new ModelFormatException(path, Classes, "at least 2 labels, distinct and not empty", cause.Message, innerException: cause);
            }
        }

        ModelFormatException Wrong() => new(path, Classes, "an object of labels by their numbers from 0 on", Short(given));
    }

    private static string Short(JsonElement element) => element.GetRawText() is { Length: > 80 } text ? text[..80] + "..." : element.GetRawText();
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BertTaskFile))]
internal sealed partial class BertTaskJson : JsonSerializerContext;
