using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>model.safetensors as Hugging Face's BERT classes write it.</summary>
/// <remarks>
/// Names are the parameters', the model's behind "bert." where there is a head. The map to queries, keys and values is three there. Files of 2018 call a norm's gain
/// and bias gamma and beta.
/// </remarks>
internal static class BertWeightsFile
{
    internal const string Prefix = "bert.";

    private const string Tokens = "embeddings.word_embeddings.weight", Positions = "embeddings.position_embeddings.weight", Segments = "embeddings.token_type_embeddings.weight", Pooler = "pooler.dense.weight";

    private const string Decoder = "cls.predictions.decoder.weight", DecoderBias = "cls.predictions.bias", OldDecoderBias = "cls.predictions.decoder.bias";

    private const int RowsAtOnce = 64;

    private static readonly string[] Parts = ["attention.self.query", "attention.self.key", "attention.self.value"];

    /// <param name="path">The file.</param>
    /// <param name="parameters">The model's, and those of its heads.</param>
    /// <param name="prefix">What stands before the names of the model's own parameters: <see cref="Prefix"/> or nothing.</param>
    internal static void Write(string path, IReadOnlyList<Parameter> parameters, string prefix) =>
        SafeTensors.Write(path, [.. parameters.SelectMany(parameter => TensorsOf(parameter, prefix))], ModelFolder.WeightsMetadata);

    /// <summary>What stands before the names of the model's own weights.</summary>
    internal static string PrefixOf(SafeTensorsReader reader) => reader.Contains(Prefix + Tokens) ? Prefix : "";

    /// <summary>Whether the file has a pooler; those of heads of tokens and spans have none.</summary>
    internal static bool HasPooler(SafeTensorsReader reader) => reader.Contains(PrefixOf(reader) + Pooler);

    /// <summary>Finds out that the file has about as many values as a model of the config, before memory is taken for it.</summary>
    internal static void RequireSizes(SafeTensorsReader reader, BertConfig config)
    {
        string prefix = PrefixOf(reader);
        reader.Require(prefix + Tokens, config.VocabularySize!.Value, config.Width);
        reader.Require(prefix + Positions, config.ContextLength, config.Width);
        reader.Require(prefix + Segments, config.SegmentTypes, config.Width);
        for (int i = 0; i < config.Layers; i++)
        {
            foreach (string part in Parts) reader.Require($"{prefix}encoder.layer.{i}.{part}.weight", config.Width, config.Width);
            reader.Require($"{prefix}encoder.layer.{i}.intermediate.dense.weight", config.InnerSize, config.Width);
        }
    }

    /// <summary>Fills a model, and heads if they are given, from the file.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="parameters">The model's, and those of its heads.</param>
    /// <param name="heads">Starts of the names of the heads that are read: the file may have no other weights there.</param>
    internal static void Read(SafeTensorsReader reader, IReadOnlyList<Parameter> parameters, params ReadOnlySpan<string> heads)
    {
        string prefix = PrefixOf(reader);
        HashSet<string> known = [$"{prefix}embeddings.position_ids", Decoder, OldDecoderBias];                   // numbers of places; the token table and its bias once more
        bool hasPooler = false;
        foreach (Parameter parameter in parameters)
        {
            hasPooler |= parameter.Name.EndsWith(Pooler, StringComparison.Ordinal);
            foreach ((string name, int first, int count) in NamesOf(parameter, prefix))
            {
                string there = FindName(reader, name);
                ModelFolder.Read(reader, there, parameter, first, count);
                known.Add(there);
            }
        }

        List<string> starts = [$"{prefix}embeddings.", $"{prefix}encoder.", .. heads];
        if (hasPooler) starts.Add($"{prefix}pooler.");
        SafeTensorInfo? other = reader.Tensors.FirstOrDefault(tensor => !known.Contains(tensor.Name) && starts.Any(start => tensor.Name.StartsWith(start, StringComparison.Ordinal)));
        if (other is not null)
            throw new ModelFormatException(reader.Path, "header", $"no weights but those of the model that {ModelFolder.ConfigFile} describes", $"a tensor '{other.Name[..Math.Min(other.Name.Length, 80)]}'", other.Offset);
    }

    /// <summary>Finds out that an output projection in the file is the table of the tokens: this library has no other.</summary>
    internal static void RequireTied(SafeTensorsReader reader, Parameter tokens)
    {
        if (!reader.Contains(Decoder)) return;

        (int rows, int columns) = (tokens.Shape[0], tokens.Shape[1]);
        reader.Require(Decoder, rows, columns);
        float[] values = new float[RowsAtOnce * columns];
        for (int first = 0; first < rows; first += RowsAtOnce)
        {
            Span<float> some = values.AsSpan(0, Math.Min(RowsAtOnce, rows - first) * columns);
            reader.Read(Decoder, (long)first * columns, some);
            if (!some.SequenceEqual(tokens.Data.Slice(first * columns, some.Length)))
                throw new ModelFormatException(reader.Path, $"tensor '{Decoder}'", "the embeddings of the tokens, to which the output projection is tied", "other values", reader[Decoder].Offset);
        }
    }

    private static IEnumerable<SafeTensor> TensorsOf(Parameter parameter, string prefix) =>
        NamesOf(parameter, prefix).Select(part => ModelFolder.TensorOf(parameter, part.Name, part.First, part.Count));

    /// <summary>The names of a parameter in files, and which of its rows each has.</summary>
    private static IEnumerable<(string Name, int First, int Count)> NamesOf(Parameter parameter, string prefix)
    {
        string name = parameter.Name.StartsWith(Prefix, StringComparison.Ordinal) ? parameter.Name[Prefix.Length..] : parameter.Name;
        if (name.StartsWith("embeddings.", StringComparison.Ordinal) || name.StartsWith("encoder.", StringComparison.Ordinal) || name.StartsWith("pooler.", StringComparison.Ordinal)) name = prefix + name;
        int rows = parameter.Shape[0];
        return !name.Contains(BertBlock.QueryKeyValue, StringComparison.Ordinal) ? [(name, 0, rows)]
            : Parts.Select((part, i) => (name.Replace(BertBlock.QueryKeyValue, part, StringComparison.Ordinal), i * (rows / 3), rows / 3));
    }

    private static string FindName(SafeTensorsReader reader, string name)
    {
        string old = name == DecoderBias ? OldDecoderBias
            : name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        return !reader.Contains(name) && reader.Contains(old) ? old : name;
    }
}
