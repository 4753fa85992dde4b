using System.Globalization;
using System.Text.Json;

namespace NlpPretrain.Text;

/// <summary>A value of a JSON file with its place, for messages.</summary>
internal readonly record struct TokenizerJsonField(string File, string Path, JsonElement Element)
{
    internal bool IsNull => Element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    internal string Type => this["type"].AsText();

    /// <summary>The element, which must be an object.</summary>
    internal JsonElement Object() => Element.ValueKind == JsonValueKind.Object ? Element : throw Fault("an object");

    /// <summary>A property, which must be there.</summary>
    internal TokenizerJsonField this[string name] => Optional(name) is { Element.ValueKind: not JsonValueKind.Undefined } found ? found : throw Fault($"the property '{name}'");

    /// <summary>A property; null where it is absent.</summary>
    internal TokenizerJsonField Optional(string name)
    {
        Object().TryGetProperty(name, out JsonElement value);
        return new TokenizerJsonField(File, Path.Length == 0 ? name : $"{Path}.{name}", value);
    }

    /// <summary>Refuses properties of other names.</summary>
    internal TokenizerJsonField Only(params ReadOnlySpan<string> names)
    {
        foreach (JsonProperty property in Object().EnumerateObject())
        {
            if (!names.Contains(property.Name)) throw Optional(property.Name).Fault($"none but {string.Join(", ", names)}");
        }

        return this;
    }

    /// <summary>The elements of an array.</summary>
    internal List<TokenizerJsonField> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array) throw Fault("an array");
        List<TokenizerJsonField> items = new(Element.GetArrayLength());
        foreach (JsonElement item in Element.EnumerateArray())
            items.Add(new TokenizerJsonField(File, string.Create(CultureInfo.InvariantCulture, $"{Path}[{items.Count}]"), item));
        return items;
    }

    internal string AsText() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Fault("a string");

    internal string? AsTextOrNull() => IsNull ? null : AsText();

    internal bool AsSwitch() => Element.ValueKind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Fault("true or false");

    /// <summary>A whole number that is an id, or a count, of 32 bits.</summary>
    internal int AsId() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out int id) && id >= 0 ? id
        : throw Fault($"a whole number from 0 to {int.MaxValue.ToString(CultureInfo.InvariantCulture)}");

    internal double AsNumber() => Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out double number) && double.IsFinite(number) ? number
        : throw Fault("a finite number");

    /// <summary>Refuses all values but one that is absent, null, false or empty: what it would turn on is not supported.</summary>
    internal void IsOff(string name)
    {
        TokenizerJsonField value = Optional(name);
        if (!value.IsNull && value.Element.ValueKind != JsonValueKind.False && !(value.Element.ValueKind == JsonValueKind.String && value.AsText().Length == 0))
            throw value.Fault("null or false: the rest is not supported");
    }

    internal TokenizerException Fault(string expected) => TokenizerException.At(File, Path.Length == 0 ? "the whole" : $"field {Path}", expected, Shown());

    private string Shown() => Element.ValueKind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => Element.GetRawText(),
    };
}
