using System.Text.Json;
using NlpPretrain.Elmo;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>options.json of bilm-tf.</summary>
internal static class BilmTfOptions
{
    /// <summary>Characters that have vectors in the weights. The options of a model for embeddings count one more, for padding.</summary>
    internal const int Characters = 261;

    /// <exception cref="ModelFormatException">The file is malformed, or describes no model of this library.</exception>
    internal static ElmoConfig Read(string path) => ModelConfigFile.Read(path, "the options of a bilm-tf model", Read);

    internal static void Write(string path, ElmoConfig config) => ModelConfigFile.Write(path, json =>
    {
        json.WriteBoolean("bidirectional", true);
        if (config.Characters is { } characters) WriteCharacters(json, characters);
        json.WriteNumber("dropout", config.Dropout);
        json.WriteStartObject("lstm");
        WriteLimit(json, "cell_clip", config.CellLimit);
        json.WriteNumber("dim", config.Cells);
        json.WriteNumber("n_layers", config.Layers);
        WriteLimit(json, "proj_clip", config.ProjectionLimit);
        json.WriteNumber("projection_dim", config.Projection);
        json.WriteBoolean("use_skip_connections", config.HasSkipConnections);
        json.WriteEndObject();
        if (config.VocabularySize is { } size) json.WriteNumber("n_tokens_vocab", size);
    });

    private static ElmoConfig Read(JsonFields options)
    {
        if (!options.Switch("bidirectional", absent: true)) throw options.Wrong("bidirectional", "true or nothing, as ELMo has a model of each direction");
        JsonFields lstm = options.Object("lstm");
        ElmoConfig config = new()
        {
            Characters = options.Has("char_cnn") ? ReadCharacters(options.Object("char_cnn")) : null,
            Layers = lstm.Has("n_layers") ? lstm.Integer("n_layers") : 1,
            Cells = lstm.Integer("dim"),
            Projection = lstm.Integer("projection_dim"),
            HasSkipConnections = lstm.Switch("use_skip_connections", absent: false),
            CellLimit = (float)lstm.Number("cell_clip", double.PositiveInfinity),
            ProjectionLimit = (float)lstm.Number("proj_clip", double.PositiveInfinity),
            Dropout = (float)options.Number("dropout", 0.1),
            VocabularySize = options.Has("n_tokens_vocab") ? options.Integer("n_tokens_vocab") : null,
        };
        config.Validate();
        return config;
    }

    private static ElmoCharacterConfig ReadCharacters(JsonFields options)
    {
        if (options.Integer("n_characters") != Characters + 1)
            throw options.Wrong("n_characters", $"{Characters + 1}, for {Characters} characters and padding; bilm-tf trains with {Characters} and wants it changed afterwards");

        (int Width, int Count)[] filters = options.Pairs("filters");
        if (filters.Sum(filter => (long)filter.Count) > int.MaxValue) throw options.Wrong("filters", $"at most {int.MaxValue} filters");
        return new ElmoCharacterConfig
        {
            EmbeddingSize = options.Object("embedding").Integer("dim"),
            Filters = filters,
            Highways = options.Has("n_highway") ? options.Integer("n_highway") : 0,
            MostCharacters = options.Integer("max_characters_per_token"),
            Activation = options.Text("activation") switch { "relu" => Activation.Relu, "tanh" => Activation.Tanh, _ => throw options.Wrong("activation", "'relu' or 'tanh'") },
        };
    }

    private static void WriteCharacters(Utf8JsonWriter json, ElmoCharacterConfig characters)
    {
        json.WriteStartObject("char_cnn");
        json.WriteString("activation", characters.Activation == Activation.Relu ? "relu" : "tanh");
        json.WriteStartObject("embedding");
        json.WriteNumber("dim", characters.EmbeddingSize);
        json.WriteEndObject();
        json.WriteStartArray("filters");
        foreach ((int width, int count) in characters.Filters)
        {
            json.WriteStartArray();
            json.WriteNumberValue(width);
            json.WriteNumberValue(count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteNumber("max_characters_per_token", characters.MostCharacters);
        json.WriteNumber("n_characters", Characters + 1);
        json.WriteNumber("n_highway", characters.Highways);
        json.WriteEndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, string name, float limit)
    {
        if (float.IsFinite(limit)) json.WriteNumber(name, limit);
        else json.WriteNull(name);
    }
}
