using System.Text.Json;
using NlpPretrain.Serialization;

namespace NlpPretrain.Training;

/// <summary>config.json of a model.</summary>
internal static class ModelConfigFile
{
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the fields of the object.</param>
    internal static void Write(string path, Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        File.WriteAllBytes(path, stream.ToArray());
    }

    /// <param name="path">The file.</param>
    /// <param name="what">What it holds, such as "the sizes of a GPT", for the message.</param>
    /// <param name="read">Makes a config of the fields, and checks its values.</param>
    /// <exception cref="ModelFormatException">A field is not of its kind, or a value is out of its range.</exception>
    internal static TConfig Read<TConfig>(string path, string what, Func<JsonFields, TConfig> read)
    {
        JsonFields fields = JsonFields.Read(path);
        try
        {
            return read(fields);
        }
        catch (Exception cause) when (cause is ArgumentException or InvalidOperationException)                   // the latter from half a surrogate pair
        {
            throw new ModelFormatException(path, "config", what, cause.Message, innerException: cause);
        }
    }

    /// <summary>Writes which class of Hugging Face's library the weights are of.</summary>
    internal static void WriteArchitecture(Utf8JsonWriter json, string architecture)
    {
        json.WriteStartArray("architectures");
        json.WriteStringValue(architecture);
        json.WriteEndArray();
    }

    /// <summary>Writes the id of a special token of the tokenizer, or null.</summary>
    internal static void WriteToken(Utf8JsonWriter json, string name, Text.Tokenizer? tokenizer, string token)
    {
        if (tokenizer is not null && tokenizer.SpecialIds.TryGetValue(token, out int id)) json.WriteNumber(name, id);
        else json.WriteNull(name);
    }
}
