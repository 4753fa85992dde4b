using NlpPretrain.Serialization;
using NlpPretrain.Testing;

namespace NlpPretrain.Bert.Tests.Files;

/// <summary>Folders of models, and what others would have written in their place.</summary>
internal static class BertFiles
{
    internal const string Weights = "model.safetensors", Config = "config.json";

    /// <summary>Writes the weights anew: some of them, under other names or with other values.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="change">The tensor as it is to be; null leaves it out.</param>
    /// <param name="more">Others.</param>
    internal static void Rewrite(TemporaryFolder folder, Func<string, float[], long[], (string Name, float[] Values, long[] Shape)?> change, params ReadOnlySpan<SafeTensor> more)
    {
        List<SafeTensor> tensors = [.. more];
        using (SafeTensorsReader reader = SafeTensorsReader.Open(folder.File(Weights)))
        {
            foreach (SafeTensorInfo tensor in reader.Tensors)
            {
                float[] values = new float[tensor.Count];
                reader.Read(tensor.Name, values);
                if (change(tensor.Name, values, [.. tensor.Shape]) is { } changed) tensors.Add(SafeTensor.FromValues(changed.Name, changed.Values, changed.Shape));
            }
        }

        SafeTensors.Write(folder.File(Weights), tensors);
    }

    internal static SafeTensor Tensor(string name, params long[] shape) => SafeTensor.FromValues(name, new float[shape.Aggregate(1L, (size, axis) => size * axis)], shape);
}
