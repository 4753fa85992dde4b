using System.Text.Json;
using NlpPretrain.Serialization;

namespace NlpPretrain.Training;

/// <summary>The fields of a JSON object in a file, with messages that name the file and the field.</summary>
internal sealed class JsonFields
{
    private readonly string _path;
    private readonly JsonElement _object;

    private JsonFields(string path, JsonElement element) => (_path, _object) = (path, element);

    internal static JsonFields Read(string path)
    {
        JsonElement root = ReadRoot(path);
        return root.ValueKind == JsonValueKind.Object ? new(path, root) : throw new ModelFormatException(path, "JSON", "an object", $"{root.ValueKind}");
    }

    /// <summary>The whole of a JSON file.</summary>
    internal static JsonElement ReadRoot(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException cause)
        {
            throw new ModelFormatException(path, "JSON", "well-formed JSON", cause.Message, innerException: cause);
        }
    }

    internal bool Has(string name) => _object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    internal string Text(string name) => Require(name, "a string") is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(name, "a string");

    internal int Integer(string name) =>
        Require(name, "a whole number") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) ? number : throw Wrong(name, "a whole number");

    internal double Number(string name, double absent) => !Has(name) ? absent
        : Require(name, "a number") is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) ? number : throw Wrong(name, "a number");

    internal bool Switch(string name, bool absent) => !Has(name) ? absent
        : Require(name, "true or false") is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : throw Wrong(name, "true or false");

    internal ModelFormatException Wrong(string name, string expected)
    {
        string found = _object.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : "nothing";
        return new(_path, name, expected, found.Length <= 80 ? found : found[..80] + "...");
    }

    private JsonElement Require(string name, string expected) => _object.TryGetProperty(name, out JsonElement value) ? value : throw Wrong(name, expected);
}
