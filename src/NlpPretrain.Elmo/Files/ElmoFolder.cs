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
    /// <param name="architecture">What the config calls the model. Default null: by its type.</param>
    internal static void Save(string folder, ElmoConfig config, Layer model, ElmoVocabulary? vocabulary, string? architecture = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        vocabulary?.RequireSize(config);

        Directory.CreateDirectory(folder);
        vocabulary?.Save(folder);
        ElmoConfigFile.Write(Path.Combine(folder, ModelFolder.ConfigFile), config, architecture ?? model.GetType().Name);
        SafeTensors.Write(Path.Combine(folder, ModelFolder.WeightsFile), [.. model.Parameters.Select(TensorOf)], ModelFolder.WeightsMetadata);
    }

    /// <param name="folder">The folder.</param>
    /// <param name="hasSoftmax">Whether the softmax is wanted; otherwise one that is there is left out.</param>
    /// <param name="create">Creates the model, once the file is known to have its weights.</param>
    internal static TLayer Load<TLayer>(string folder, bool hasSoftmax, Func<ElmoConfig, TLayer> create) where TLayer : Layer
    {
        using SafeTensorsReader reader = Open(folder, hasSoftmax, out ElmoConfig config, out string prefix);
        TLayer model = create(config);
        foreach (Parameter parameter in model.Parameters)
        {
            string name = parameter.Name.StartsWith(Prefix, StringComparison.Ordinal) ? parameter.Name[Prefix.Length..] : parameter.Name;
            reader.Read(name.StartsWith(Softmax, StringComparison.Ordinal) ? name : prefix + name, parameter.Data);
        }

        return model;
    }

    /// <summary>Opens the weights, once they are known to have the model's.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="hasSoftmax">Whether the softmax must be there.</param>
    /// <param name="config">The model's.</param>
    /// <param name="prefix">What the names of the model's weights have before them: nothing where the folder has a model alone.</param>
    internal static SafeTensorsReader Open(string folder, bool hasSoftmax, out ElmoConfig config, out string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, ModelFolder.ConfigFile);
        if (!File.Exists(path)) throw new FileNotFoundException($"'{folder}' holds no ELMo: expected {ModelFolder.ConfigFile} and {ModelFolder.WeightsFile}; {ModelFolder.ConfigFile} is not there.", path);

        string weights = ModelFolder.RequireWeights(folder);
        config = ElmoConfigFile.Read(path);
        if (hasSoftmax && config.VocabularySize is null) throw new ModelFormatException(path, "vocab_size", "the number of the words that the softmax predicts", "none; ElmoModel.Load reads the model without softmax");
        SafeTensorsReader reader = SafeTensorsReader.Open(weights);
        try
        {
            prefix = reader.Tensors.Any(tensor => tensor.Name.StartsWith(Prefix, StringComparison.Ordinal)) ? Prefix : "";
            RequireAgreement(reader, config, prefix, hasSoftmax);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
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

        foreach (SafeTensorInfo tensor in reader.Tensors.Where(tensor => !known.Contains(tensor.Name) && !IsLeftOut(tensor.Name)))
        {
            string name = tensor.Name[..Math.Min(tensor.Name.Length, 80)];
            wanted.Add($"'{name}' none");
            found.Add($"'{name}' {Describe(tensor.Shape)}");
        }

        if (wanted.Count > 0)
            throw new ModelFormatException(reader.Path, "header", $"the weights that {ModelFolder.ConfigFile} describes, {string.Join(", ", wanted)}", string.Join(", ", found));

        // Of a model within a larger one, such as a task's, the rest is left out.
        bool IsLeftOut(string name) => !hasSoftmax && (prefix.Length > 0 ? !name.StartsWith(prefix, StringComparison.Ordinal) : name.StartsWith(Softmax, StringComparison.Ordinal));
    }

    private static string Describe(IEnumerable<long> shape) => FormattableString.Invariant($"[{string.Join(", ", shape)}]");

    private static SafeTensor TensorOf(Parameter parameter)
    {
        Shape shape = parameter.Shape;
        int columns = shape.Columns;
        return SafeTensor.FromRows(parameter.Name, [.. Enumerable.Range(0, shape.Rank).Select(axis => (long)shape[axis])], row => parameter.Data.Slice((int)row * columns, columns));
    }
}
