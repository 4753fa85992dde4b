using NlpPretrain.Layers;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>A folder of an ELMo: config.json, model.safetensors and vocabulary.txt. Tensors have the names of the parameters; a language model's have "elmo." before the model's.</summary>
internal static class ElmoFolder
{
    internal const string Prefix = "elmo.", Softmax = "softmax.";

    /// <param name="folder">The folder; created when absent.</param>
    /// <param name="config">The model's.</param>
    /// <param name="model">The model, with or without its softmax.</param>
    /// <param name="vocabulary">The vocabulary, or null.</param>
    internal static void Save(string folder, ElmoConfig config, Layer model, ElmoVocabulary? vocabulary)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        vocabulary?.RequireSize(config);

        Directory.CreateDirectory(folder);
        vocabulary?.Save(folder);
        ElmoConfigFile.Write(Path.Combine(folder, ModelFolder.ConfigFile), config, model.GetType().Name);
        SafeTensors.Write(Path.Combine(folder, ModelFolder.WeightsFile), [.. model.Parameters.Select(TensorOf)], ModelFolder.WeightsMetadata);
    }

    /// <param name="folder">The folder.</param>
    /// <param name="hasSoftmax">Whether the softmax is wanted; otherwise one that is there is left out.</param>
    /// <param name="create">Creates the model, once the file is known to have its weights.</param>
    internal static TLayer Load<TLayer>(string folder, bool hasSoftmax, Func<ElmoConfig, TLayer> create) where TLayer : Layer
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, ModelFolder.ConfigFile);
        if (!File.Exists(path)) throw new FileNotFoundException($"'{folder}' holds no ELMo: expected {ModelFolder.ConfigFile} and {ModelFolder.WeightsFile}; {ModelFolder.ConfigFile} is not there.", path);

        string weights = ModelFolder.RequireWeights(folder);
        ElmoConfig config = ElmoConfigFile.Read(path);
        using SafeTensorsReader reader = SafeTensorsReader.Open(weights);
        string prefix = reader.Tensors.Any(tensor => tensor.Name.StartsWith(Prefix, StringComparison.Ordinal)) ? Prefix : "";
        if (hasSoftmax && config.VocabularySize is null) throw new ModelFormatException(path, "vocab_size", "the number of the words that the softmax predicts", "none; ElmoModel.Load reads the model without softmax");
        RequireAgreement(reader, config, prefix, hasSoftmax);

        TLayer model = create(config);
        foreach (Parameter parameter in model.Parameters)
        {
            string name = parameter.Name.StartsWith(Prefix, StringComparison.Ordinal) ? parameter.Name[Prefix.Length..] : parameter.Name;
            reader.Read(name.StartsWith(Softmax, StringComparison.Ordinal) ? name : prefix + name, parameter.Data);
        }

        return model;
    }

    /// <summary>Finds out that the file has the weights that the config describes and no others, and names all that disagrees, before memory is taken for them.</summary>
    private static void RequireAgreement(SafeTensorsReader reader, ElmoConfig config, string prefix, bool hasSoftmax)
    {
        IEnumerable<(string Name, Shape Shape)> expected = ElmoParameterShapes.Of(config).Select(one => (prefix + one.Name, one.Shape));
        if (hasSoftmax) expected = expected.Concat(ElmoParameterShapes.OfSoftmax(config));

        List<string> wanted = [], found = [];
        HashSet<string> known = [];
        foreach ((string name, Shape shape) in expected)
        {
            known.Add(name);
            string there = reader.Contains(name) ? Describe(reader[name].Shape) : "none";
            if (there == $"{shape}") continue;
            wanted.Add($"'{name}' {shape}");
            found.Add($"'{name}' {there}");
        }

        foreach (SafeTensorInfo tensor in reader.Tensors.Where(tensor => !known.Contains(tensor.Name) && (hasSoftmax || !tensor.Name.StartsWith(Softmax, StringComparison.Ordinal))))
        {
            string name = tensor.Name[..Math.Min(tensor.Name.Length, 80)];
            wanted.Add($"'{name}' none");
            found.Add($"'{name}' {Describe(tensor.Shape)}");
        }

        if (wanted.Count > 0)
            throw new ModelFormatException(reader.Path, "header", $"the weights that {ModelFolder.ConfigFile} describes, {string.Join(", ", wanted)}", string.Join(", ", found));
    }

    private static string Describe(IEnumerable<long> shape) => FormattableString.Invariant($"[{string.Join(", ", shape)}]");

    private static SafeTensor TensorOf(Parameter parameter)
    {
        Shape shape = parameter.Shape;
        int columns = shape.Columns;
        return SafeTensor.FromRows(parameter.Name, [.. Enumerable.Range(0, shape.Rank).Select(axis => (long)shape[axis])], row => parameter.Data.Slice((int)row * columns, columns));
    }
}
