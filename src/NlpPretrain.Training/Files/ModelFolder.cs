using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>A model's folder in the layout of Hugging Face: config.json, model.safetensors and the tokenizer's files.</summary>
internal static class ModelFolder
{
    internal const string ConfigFile = "config.json", WeightsFile = "model.safetensors";

    /// <summary>What their library asks a file of weights for.</summary>
    internal static readonly Dictionary<string, string> WeightsMetadata = new() { ["format"] = "pt" };

    /// <summary>The folder's file of weights, where there is a config.</summary>
    /// <exception cref="FileNotFoundException">It is not there; the message says what is instead.</exception>
    internal static string RequireWeights(string folder)
    {
        string weights = Path.Combine(folder, WeightsFile);
        return File.Exists(weights) ? weights : throw new FileNotFoundException($"'{folder}' has {ConfigFile} but no {WeightsFile}{DescribeOthers(folder)}.", weights);
    }

    /// <summary>Checks that a model has all tokens of the tokenizer that is saved beside it.</summary>
    internal static void RequireTokens(Tokenizer? tokenizer, int vocabulary, string config)
    {
        if (tokenizer?.Count > vocabulary)
        {
            throw new ArgumentException($"The tokenizer has {tokenizer.Count} tokens and the model {vocabulary} ({config}.VocabularySize); " +
                "give the one that the model was trained with.", nameof(tokenizer));
        }
    }

    /// <summary>Copies weights to the parameters beside them, once all shapes are known to be equal.</summary>
    internal static void CopyWeights(IReadOnlyList<(Parameter Source, Parameter Target)> pairs, string config)
    {
        foreach ((Parameter source, Parameter target) in pairs)
        {
            if (source.Shape != target.Shape)
                throw new ArgumentException($"The parameter '{source.Name}' is {source.Shape} here and {target.Shape} in the other model; create it with this model's config ({config}).");
        }

        foreach ((Parameter source, Parameter target) in pairs) source.Data.CopyTo(target.Data);
    }

    private static string DescribeOthers(string folder) =>
        File.Exists(Path.Combine(folder, "model.safetensors.index.json")) ? "; its weights are in several files (model.safetensors.index.json): save the model as one"
        : File.Exists(Path.Combine(folder, "pytorch_model.bin")) ? "; pytorch_model.bin can run code when it is read: save the model as safetensors"
        : "";

    /// <summary>A parameter's values as they are, to be written.</summary>
    internal static SafeTensor TensorOf(Parameter parameter, string name) => TensorOf(parameter, name, 0, parameter.Shape.Rank == 1 ? parameter.Shape.Columns : parameter.Shape.Rows);

    /// <summary>Some rows of a parameter, or values of one with one axis, to be written.</summary>
    internal static SafeTensor TensorOf(Parameter parameter, string name, int first, int count)
    {
        int columns = parameter.Shape.Columns;
        return parameter.Shape.Rank == 1
            ? SafeTensor.FromRows(name, [count], _ => parameter.Data.Slice(first, count))
            : SafeTensor.FromRows(name, [count, columns], row => parameter.Data.Slice((first + (int)row) * columns, columns));
    }

    /// <summary>Reads a parameter, whose shape in the file must be its own.</summary>
    internal static void Read(SafeTensorsReader reader, string name, Parameter parameter) => Read(reader, name, parameter, 0, parameter.Shape.Rank == 1 ? parameter.Shape.Columns : parameter.Shape.Rows);

    /// <summary>Reads some rows of a parameter, or values of one with one axis.</summary>
    internal static void Read(SafeTensorsReader reader, string name, Parameter parameter, int first, int count)
    {
        int columns = parameter.Shape.Columns;
        if (parameter.Shape.Rank == 1)
        {
            reader.Require(name, count);
            reader.Read(name, parameter.Data.Slice(first, count));
        }
        else
        {
            reader.Require(name, count, columns);
            reader.Read(name, parameter.Data.Slice(first * columns, count * columns));
        }
    }
}
