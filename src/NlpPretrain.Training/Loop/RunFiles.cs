using System.Text.Json;
using System.Text.Json.Serialization;
using NlpPretrain.Optimization;
using NlpPretrain.Serialization;

namespace NlpPretrain.Training;

/// <summary>Where a run is.</summary>
internal readonly record struct RunPosition(long Step, long Tokens);

/// <summary>What training.json holds.</summary>
internal sealed record RunFile(long Step, long Tokens, Dictionary<string, string> Settings);

/// <summary>The loop's own files of a checkpoint.</summary>
internal static class RunFiles
{
    private const string PositionFile = "training.json", OptimizerFile = "optimizer.safetensors";

    internal static void WritePosition(string folder, RunPosition at, RunSettings settings) => File.WriteAllBytes(Path.Combine(folder, PositionFile),
        JsonSerializer.SerializeToUtf8Bytes(new RunFile(at.Step, at.Tokens, new(settings.Values)), RunJson.Default.RunFile));

    /// <exception cref="ArgumentException">The checkpoint belongs to another run.</exception>
    internal static RunPosition ReadPosition(Checkpoint checkpoint, RunSettings settings)
    {
        string path = Path.Combine(checkpoint.Folder, PositionFile);
        RunFile file = StateJson.Read(path, RunJson.Default.RunFile, "the state of a training run");
        if (settings.DifferenceFrom(file.Settings) is { } difference)
        {
            throw new ArgumentException($"The checkpoint '{checkpoint.Folder}' belongs to another run: {difference}. Resume with the model, data and options of the run " +
                "that wrote it, or choose another folder (TrainingOptions.CheckpointFolder).");
        }

        if (file.Step != checkpoint.Step) throw new ModelFormatException(path, "step", $"{checkpoint.Step}", $"{file.Step}");
        if (file.Tokens < 0) throw new ModelFormatException(path, "tokens", "at least 0", $"{file.Tokens}");
        return new RunPosition(file.Step, file.Tokens);
    }

    internal static void WriteOptimizer(string folder, Optimizer optimizer) => SafeTensors.Write(Path.Combine(folder, OptimizerFile),
        [.. optimizer.State.Select(entry => SafeTensor.FromValues(entry.Key, entry.Value, entry.Value.Length))]);

    internal static void ReadOptimizer(string folder, Optimizer optimizer)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(Path.Combine(folder, OptimizerFile));
        foreach ((string name, Memory<float> values) in optimizer.State)
        {
            reader.Require(name, values.Length);
            reader.Read(name, values.Span);
        }
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunFile))]
internal sealed partial class RunJson : JsonSerializerContext;
