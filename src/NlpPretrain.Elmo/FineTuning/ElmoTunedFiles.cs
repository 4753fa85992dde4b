using System.Text.Json;
using System.Text.Json.Serialization;
using NlpPretrain.Initialization;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>What a folder says of a task.</summary>
/// <param name="Name">The task.</param>
/// <param name="Architecture">The class that reads the folder.</param>
internal sealed record ElmoTask(string Name, string Architecture)
{
    /// <summary>The classes; null where the task has none.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    public ScoreScale? Scale { get; init; }

    public ElmoSpanOptions? Spans { get; init; }
}

/// <summary>What a folder of a tuned model has.</summary>
internal sealed record ElmoTunedFolder(ElmoTuned Tuned, LabelSet? Labels, ScoreScale? Scale, ElmoSpanOptions? Spans);

/// <summary>A tokenizer that task.json can hold.</summary>
internal sealed record ElmoTokenizerFile(string Kind, WordTokenizerOptions Options);

/// <summary>What task.json holds.</summary>
internal sealed record ElmoTaskFile(
    string Task, int MaxLength, int HeadCells, float VectorDropout, float ClassifierDropout, bool NormalizesLayers, string[]? Labels, double? ScoreMean, double? ScoreDeviation, ElmoSpanOptions? Spans,
    ElmoTokenizerFile? Tokenizer);

/// <summary>The folder of a tuned model: that of an ELMo, whose weights have those of the task among them, and task.json.</summary>
internal static class ElmoTunedFiles
{
    private const string TaskFile = "task.json";
    private const int MostAxes = 4;

    public static void Save(string folder, ElmoTuned tuned, ElmoTask task)
    {
        ElmoInputs inputs = tuned.Inputs;
        ElmoFolder.Save(folder, tuned.Model.Config, tuned, inputs.Vocabulary, task.Architecture);
        ElmoTaskFile file = new(task.Name, inputs.MaxLength, tuned.Form.Cells, tuned.VectorDropout, tuned.Form.Dropout, tuned.Normalizes, task.Labels?.ToArray(), task.Scale?.Mean, task.Scale?.Deviation,
            task.Spans, Describe(inputs.Tokenizer));
        File.WriteAllBytes(Path.Combine(folder, TaskFile), JsonSerializer.SerializeToUtf8Bytes(file, ElmoTaskJson.Default.ElmoTaskFile));
    }

    /// <param name="folder">The folder.</param>
    /// <param name="tokenizer">Cuts text to words; null for the one that the folder has.</param>
    /// <param name="name">The task that its model must be for.</param>
    /// <param name="kind">The head of that task.</param>
    /// <param name="outputs">Its scores; null for as many as there are classes.</param>
    public static ElmoTunedFolder Load(string folder, IWordTokenizer? tokenizer, string name, ElmoHeadKind kind, int? outputs = null)
    {
        using SafeTensorsReader reader = ElmoFolder.Open(folder, hasSoftmax: false, out ElmoConfig config, out _);
        string path = Path.Combine(folder, TaskFile);
        if (!File.Exists(path)) throw new FileNotFoundException($"'{folder}' holds an ELMo without a task: {TaskFile} is not there; ElmoModel.Load reads the model.", path);

        ElmoTaskFile file = StateJson.Read(path, ElmoTaskJson.Default.ElmoTaskFile, "the task of a tuned model", "task");
        if (file.Task != name) throw new ModelFormatException(path, "task", name, file.Task);
        ScoreScale? scale = ScoreScale.Read(path, file.ScoreMean, file.ScoreDeviation);
        tokenizer ??= Create(path, file.Tokenizer);
        LabelSet? labels = null;
        try
        {
            Validate(file);
            if (outputs is null) labels = new LabelSet(file.Labels ?? []);
        }
        catch (ArgumentException cause)
        {
            throw new ModelFormatException(path, "task", "what the task can be computed with", cause.Message, innerException: cause);
        }

        // The memory of a head is taken once the file is known to have its weights.
        string hidden = $"{ElmoTuned.HeadName}.{ElmoHead.EncoderName}.forward.hidden.weight";
        reader.Require(hidden, 4L * file.HeadCells, file.HeadCells);
        ElmoHeadForm form = new(kind, outputs ?? labels!.Count, file.HeadCells, file.ClassifierDropout);
        ElmoTuned tuned = new(new ElmoModel(config, new RandomStreams(0)), form, file.VectorDropout, file.NormalizesLayers, InputsOf(folder, config, tokenizer, file.MaxLength), seed: 0);
        Read(reader, tuned);
        return new ElmoTunedFolder(tuned, labels, scale, file.Spans);
    }

    /// <summary>Takes the weights of a checkpoint.</summary>
    public static void LoadWeights(string folder, ElmoTuned tuned)
    {
        using SafeTensorsReader reader = ElmoFolder.Open(folder, hasSoftmax: false, out _, out _);
        Read(reader, tuned);
    }

    private static void Read(SafeTensorsReader reader, ElmoTuned tuned)
    {
        Span<long> shape = stackalloc long[MostAxes];
        foreach (Parameter parameter in tuned.Parameters)
        {
            int rank = parameter.Shape.Rank;
            for (int axis = 0; axis < rank; axis++) shape[axis] = parameter.Shape[axis];
            reader.Require(parameter.Name, shape[..rank]);
        }

        if (reader.Tensors.Count > tuned.Parameters.Count)
        {
            string other = reader.Tensors.First(tensor => tuned.Parameters.All(parameter => parameter.Name != tensor.Name)).Name;
            throw new ModelFormatException(reader.Path, "header", $"{tuned.Parameters.Count} tensors, those of the model and its task", $"'{other[..Math.Min(other.Length, 80)]}' besides");
        }

        foreach (Parameter parameter in tuned.Parameters) reader.Read(parameter.Name, parameter.Data);
    }

    private static void Validate(ElmoTaskFile file)
    {
        new ElmoTuningOptions { MaxLength = file.MaxLength, HeadCells = file.HeadCells, VectorDropout = file.VectorDropout, ClassifierDropout = file.ClassifierDropout }.Validate(hasHeldOut: false);
        file.Spans?.Validate();
    }

    private static ElmoInputs InputsOf(string folder, ElmoConfig config, IWordTokenizer tokenizer, int maxLength)
    {
        string path = Path.Combine(folder, ElmoVocabulary.FileName);
        ElmoVocabulary? vocabulary = config.Characters is null || File.Exists(path) ? ElmoVocabulary.Load(folder) : null;
        try
        {
            return new ElmoInputs(config, vocabulary, tokenizer, maxLength);
        }
        catch (ArgumentException cause)
        {
            throw new ModelFormatException(path, "words", "the words of the model", cause.Message, innerException: cause);
        }
    }

    private static ElmoTokenizerFile? Describe(IWordTokenizer tokenizer) => tokenizer switch
    {
        WordTokenizer words => new(nameof(WordTokenizer), words.Options),
        WhitespaceTokenizer spaces => new(nameof(WhitespaceTokenizer), new() { LowerCase = spaces.LowerCase }),
        _ => null,
    };

    private static IWordTokenizer Create(string path, ElmoTokenizerFile? file)
    {
        if (file is null)
            throw new ArgumentException($"'{path}' is of a model that was tuned with a tokenizer that a folder does not hold; give an equal one (Load, tokenizer).");

        try
        {
            return file.Kind switch
            {
                nameof(WordTokenizer) => new WordTokenizer(file.Options),
                nameof(WhitespaceTokenizer) => new WhitespaceTokenizer(file.Options.LowerCase),
                _ => throw new ModelFormatException(path, "tokenizer", $"'{nameof(WordTokenizer)}' or '{nameof(WhitespaceTokenizer)}'", file.Kind),
            };
        }
        catch (ArgumentException cause)
        {
            throw new ModelFormatException(path, "tokenizer", "options of a tokenizer", cause.Message, innerException: cause);
        }
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ElmoTaskFile))]
internal sealed partial class ElmoTaskJson : JsonSerializerContext;
