using System.Text.Json;
using NlpPretrain.Serialization;

namespace NlpPretrain.Training;

/// <summary>The fields of a JSON object in a file, with messages that name the file and the field.</summary>
internal sealed class JsonFields
{
    private readonly string _path;
    private readonly JsonElement _object;
    private readonly string _prefix;

    private JsonFields(string path, JsonElement element, string prefix = "") => (_path, _object, _prefix) = (path, element, prefix);

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

    /// <summary>The fields of an object within this one; messages call them "name.field".</summary>
    internal JsonFields Object(string name) =>
        Require(name, "an object") is { ValueKind: JsonValueKind.Object } value ? new(_path, value, $"{_prefix}{name}.") : throw Wrong(name, "an object");

    /// <summary>A list of pairs of whole numbers.</summary>
    internal (int First, int Second)[] Pairs(string name)
    {
        const string Expected = "a list of pairs of whole numbers";
        JsonElement list = Require(name, Expected);
        if (list.ValueKind != JsonValueKind.Array) throw Wrong(name, Expected);
        return [.. list.EnumerateArray().Select(pair => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2
            && pair[0].ValueKind == JsonValueKind.Number && pair[0].TryGetInt32(out int first) && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out int second)
                ? (first, second) : throw Wrong(name, Expected))];
    }

    internal ModelFormatException Wrong(string name, string expected)
    {
        string found = _object.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : "nothing";
        return new(_path, _prefix + name, expected, found.Length <= 80 ? found : found[..80] + "...");
    }

    private JsonElement Require(string name, string expected) => _object.TryGetProperty(name, out JsonElement value) ? value : throw Wrong(name, expected);
}
