using NlpPretrain.Serialization;

namespace NlpPretrain.Elmo;

/// <summary>states.safetensors of a checkpoint: what both directions know of the text so far, "forward.0.hidden" [B, P], "forward.0.cell" [B, N] ...</summary>
internal static class StatesFile
{
    private const string FileName = "states.safetensors";

    internal static void Write(string folder, ElmoStates states, ElmoConfig config)
    {
        List<SafeTensor> tensors = [];
        Visit(states, config, (name, values) => tensors.Add(SafeTensor.FromValues(name, values.ToArray(), states.Sequences, values.Length / states.Sequences)));
        SafeTensors.Write(Path.Combine(folder, FileName), tensors);
    }

    /// <exception cref="ModelFormatException">The file is malformed, or of another model or number of streams.</exception>
    internal static void Read(string folder, ElmoStates states, ElmoConfig config)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(Path.Combine(folder, FileName));
        Visit(states, config, (name, values) =>
        {
            reader.Require(name, states.Sequences, values.Length / states.Sequences);
            reader.Read(name, values);
        });
    }

    private static void Visit(ElmoStates states, ElmoConfig config, Action<string, Span<float>> visit)
    {
        foreach (ElmoDirection direction in Enum.GetValues<ElmoDirection>())
        {
            string prefix = direction == ElmoDirection.Forward ? "forward" : "backward";
            for (int layer = 0; layer < config.Layers; layer++)
            {
                visit($"{prefix}.{layer}.hidden", states.Hidden(direction, layer));
                visit($"{prefix}.{layer}.cell", states.Cells(direction, layer));
            }
        }
    }
}
