using System.Text.Json;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>config.json of an ELMo.</summary>
internal static class ElmoConfigFile
{
    private const string ElmoType = "elmo", Relu = "relu", Tanh = "tanh";

    internal static void Write(string path, ElmoConfig config, string architecture) =>
        ModelConfigFile.Write(path, json =>
        {
            ModelConfigFile.WriteArchitecture(json, architecture);
            WriteLimit(json, "cell_limit", config.CellLimit);
            json.WriteNumber("cells", config.Cells);
            if (config.Characters is { } characters) WriteCharacters(json, characters);
            else json.WriteNull("characters");
            json.WriteNumber("dropout", config.Dropout);
            json.WriteBoolean("has_skip_connections", config.HasSkipConnections);
            json.WriteNumber("layers", config.Layers);
            json.WriteString("model_type", ElmoType);
            json.WriteNumber("projection", config.Projection);
            WriteLimit(json, "projection_limit", config.ProjectionLimit);
            if (config.VocabularySize is { } size) json.WriteNumber("vocab_size", size);
            else json.WriteNull("vocab_size");
        });

    internal static ElmoConfig Read(string path) => ModelConfigFile.Read(path, "the sizes of an ELMo", Read);

    private static ElmoConfig Read(JsonFields fields)
    {
        if (fields.Text("model_type") != ElmoType) throw fields.Wrong("model_type", $"'{ElmoType}'");
        ElmoConfig config = new()
        {
            Characters = fields.Has("characters") ? ReadCharacters(fields.Object("characters")) : null,
            Layers = fields.Integer("layers"),
            Cells = fields.Integer("cells"),
            Projection = fields.Integer("projection"),
            HasSkipConnections = fields.Switch("has_skip_connections", absent: false),
            CellLimit = (float)fields.Number("cell_limit", double.PositiveInfinity),
            ProjectionLimit = (float)fields.Number("projection_limit", double.PositiveInfinity),
            Dropout = (float)fields.Number("dropout", 0.1),
            VocabularySize = fields.Has("vocab_size") ? fields.Integer("vocab_size") : null,
        };
        config.Validate();
        if (config is { Characters: null, VocabularySize: null }) throw fields.Wrong("vocab_size", "a whole number, as words are read as ids");
        return config;
    }

    private static ElmoCharacterConfig ReadCharacters(JsonFields fields) => new()
    {
        EmbeddingSize = fields.Integer("embedding_size"),
        Filters = fields.Pairs("filters"),
        Highways = fields.Integer("highways"),
        MostCharacters = fields.Integer("most_characters"),
        Activation = fields.Text("activation") switch { Relu => Activation.Relu, Tanh => Activation.Tanh, _ => throw fields.Wrong("activation", $"'{Relu}' or '{Tanh}'") },
    };

    private static void WriteCharacters(Utf8JsonWriter json, ElmoCharacterConfig characters)
    {
        json.WriteStartObject("characters");
        json.WriteString("activation", characters.Activation == Activation.Relu ? Relu : Tanh);
        json.WriteNumber("embedding_size", characters.EmbeddingSize);
        json.WriteStartArray("filters");
        foreach ((int width, int count) in characters.Filters)
        {
            json.WriteStartArray();
            json.WriteNumberValue(width);
            json.WriteNumberValue(count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteNumber("highways", characters.Highways);
        json.WriteNumber("most_characters", characters.MostCharacters);
        json.WriteEndObject();
    }

    /// <summary>JSON has no infinity: no limit is null.</summary>
    private static void WriteLimit(Utf8JsonWriter json, string name, float limit)
    {
        if (float.IsFinite(limit)) json.WriteNumber(name, limit);
        else json.WriteNull(name);
    }
}
