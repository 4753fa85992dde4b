using System.Text.Json;
using System.Text.Json.Serialization;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Training;

/// <summary>The weights of the evaluation with the lowest loss so far, and early stopping.</summary>
/// <param name="parameters">The parameters, each under a name of its own.</param>
/// <param name="patience">After how many evaluations without a lower loss a run ends; null for never.</param>
internal sealed class BestWeights(IReadOnlyList<Parameter> parameters, int? patience)
{
    private const string WeightsFile = "best.safetensors", StateFile = "best.json";

    private float[][]? _weights;

    /// <summary>The lowest loss; not a number before the first evaluation.</summary>
    public double Loss { get; private set; } = double.NaN;

    /// <summary>Evaluations since the lowest loss.</summary>
    public int Since { get; private set; }

    public bool IsPatienceOver => Since >= patience;

    /// <summary>Takes note of an evaluation of the weights as they are.</summary>
    public void Report(double loss)
    {
        if (_weights is not null && !(loss < Loss))
        {
            Since++;
            return;
        }

        _weights ??= [.. parameters.Select(parameter => new float[parameter.Shape.Size])];
        for (int i = 0; i < _weights.Length; i++) parameters[i].Data.CopyTo(_weights[i]);
        (Loss, Since) = (loss, 0);
    }

    /// <summary>Gives the parameters the best weights; without an evaluation they keep theirs.</summary>
    public void Restore()
    {
        if (_weights is null) return;
        for (int i = 0; i < _weights.Length; i++) _weights[i].CopyTo(parameters[i].Data);
    }

    /// <summary>Writes its files of a checkpoint, once there was an evaluation.</summary>
    public void Save(string folder)
    {
        if (_weights is null) return;
        SafeTensors.Write(Path.Combine(folder, WeightsFile), [.. parameters.Zip(_weights, (parameter, weights) => SafeTensor.FromValues(parameter.Name, weights, weights.Length))]);
        File.WriteAllBytes(Path.Combine(folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(new BestFile(Loss, Since), BestJson.Default.BestFile));
    }

    /// <summary>Reads what <see cref="Save"/> wrote, if it did.</summary>
    public void Load(string folder)
    {
        string path = Path.Combine(folder, StateFile);
        if (!File.Exists(path)) return;

        BestFile state = StateJson.Read(path, BestJson.Default.BestFile, "the state of early stopping");
        _weights = [.. parameters.Select(parameter => new float[parameter.Shape.Size])];
        using SafeTensorsReader reader = SafeTensorsReader.Open(Path.Combine(folder, WeightsFile));
        for (int i = 0; i < _weights.Length; i++)
        {
            reader.Require(parameters[i].Name, _weights[i].Length);
            reader.Read(parameters[i].Name, _weights[i]);
        }

        (Loss, Since) = (state.Loss, state.Since);
    }
}

/// <summary>What best.json holds.</summary>
internal sealed record BestFile(double Loss, int Since);

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BestFile))]
internal sealed partial class BestJson : JsonSerializerContext;
