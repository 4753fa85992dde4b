using System.Text.Json;

namespace NlpPretrain.Text;

/// <summary>The normalizers of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonNormalizers
{
    internal const string WhiteSpace = "\\s+";

    private const string Known = "BertNormalizer, Lowercase, Replace of a String, Prepend, Strip, NFD with StripAccents after it, or a Sequence of them";

    /// <summary>Reads the parts of a normalizer, in order.</summary>
    /// <param name="field">The normalizer.</param>
    /// <param name="collapses">Whether the last of them, white space replaced by a space and then stripped, were left out: it is the pre-tokenizer's, Metaspace's.</param>
    /// <param name="isMetaspace">Whether there is such a pre-tokenizer.</param>
    internal static List<TextNormalizer> Read(TokenizerJsonField field, bool isMetaspace, out bool collapses)
    {
        collapses = false;
        if (field.IsNull) return [];

        List<TokenizerJsonField> items = [];
        Flatten(field, items);
        if (isMetaspace && items.Count >= 2 && items[^2].Type == "Replace" && items[^1].Type == "Strip" && IsWhiteSpace(items[^2]) && IsStrip(items[^1]))
        {
            collapses = true;
            items.RemoveRange(items.Count - 2, 2);
        }

        List<TextNormalizer> parts = [];
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].Type != "NFD")
            {
                parts.Add(ReadPart(items[i]));
                continue;
            }

            // NFD and StripAccents, Lowercase before, between or after them: BERT's.
            TokenizerJsonField nfd = items[i].Only("type");
            bool lowers = i + 1 < items.Count && items[i + 1].Type == "Lowercase";
            if (lowers) items[++i].Only("type");
            if (++i == items.Count || items[i].Type != "StripAccents") throw nfd["type"].Fault(Known);
            items[i].Only("type");
            parts.Add(new BertNormalizer { CleanText = false, SpaceChinese = false, StripAccents = true, LowerCase = lowers });
        }

        return parts;
    }

    private static void Flatten(TokenizerJsonField field, List<TokenizerJsonField> items)
    {
        Stack<TokenizerJsonField> open = new([field]);
        while (open.TryPop(out TokenizerJsonField next))
        {
            if (next.Type != "Sequence") items.Add(next);
            else
            {
                foreach (TokenizerJsonField inner in next.Only("type", "normalizers")["normalizers"].Items().AsEnumerable().Reverse()) open.Push(inner);
            }
        }
    }

    private static bool IsWhiteSpace(TokenizerJsonField replace) =>
        replace["pattern"].Optional("Regex").AsTextOrNull() == WhiteSpace && replace.Only("type", "pattern", "content")["content"].AsText() == " ";

    private static bool IsStrip(TokenizerJsonField strip) => strip.Only("type", "strip_left", "strip_right")["strip_left"].AsSwitch() && strip["strip_right"].AsSwitch();

    private static TextNormalizer ReadPart(TokenizerJsonField field)
    {
        switch (field.Type)
        {
            case "BertNormalizer":
                field.Only("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
                return new BertNormalizer
                {
                    CleanText = field["clean_text"].AsSwitch(),
                    SpaceChinese = field["handle_chinese_chars"].AsSwitch(),
                    StripAccents = field.Optional("strip_accents") is { IsNull: false } accents ? accents.AsSwitch() : null,
                    LowerCase = field["lowercase"].AsSwitch(),
                };
            case "Lowercase":
                field.Only("type");
                return new BertNormalizer { CleanText = false, SpaceChinese = false, StripAccents = false };
            case "Replace":
                TokenizerJsonField pattern = field.Only("type", "pattern", "content")["pattern"].Only("String", "Regex");
                if (pattern.Optional("Regex") is { IsNull: false } regex)
                    throw regex.Fault($"a String, or with the pre-tokenizer Metaspace at the end of a Sequence {WhiteSpace} replaced by a space and then Strip");
                return pattern["String"].AsText() is { Length: > 0 } text ? new ReplaceNormalizer(text, field["content"].AsText())
                    : throw pattern["String"].Fault("at least one character");
            case "Prepend":
                return new PrependNormalizer(field.Only("type", "prepend")["prepend"].AsText());
            case "Strip":
                field.Only("type", "strip_left", "strip_right");
                return new StripNormalizer(field["strip_left"].AsSwitch(), field["strip_right"].AsSwitch());
            default:
                throw field["type"].Fault(Known);
        }
    }

    /// <summary>Writes normalizers.</summary>
    /// <param name="json">The file.</param>
    /// <param name="parts">The normalizers in order.</param>
    /// <param name="collapses">Whether white space replaced by a space, and stripped, follows them.</param>
    internal static void Write(Utf8JsonWriter json, List<TextNormalizer> parts, bool collapses)
    {
        if (parts.Count == 0 && !collapses)
        {
            json.WriteNull("normalizer");
            return;
        }

        json.WritePropertyName("normalizer");
        if (parts.Count == 1 && !collapses)
        {
            WritePart(json, parts[0]);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "Sequence");
        json.WriteStartArray("normalizers");
        foreach (TextNormalizer part in parts) WritePart(json, part);
        if (collapses)
        {
            WriteReplace(json, "Regex", WhiteSpace, " ");
            WritePart(json, new StripNormalizer());
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, TextNormalizer part)
    {
        if (part is ReplaceNormalizer replace)
        {
            WriteReplace(json, "String", replace.Pattern, replace.Content);
            return;
        }

        json.WriteStartObject();
        switch (part)
        {
            case BertNormalizer bert:
                json.WriteString("type", "BertNormalizer");
                json.WriteBoolean("clean_text", bert.CleanText);
                json.WriteBoolean("handle_chinese_chars", bert.SpaceChinese);
                if (bert.StripAccents is bool accents) json.WriteBoolean("strip_accents", accents);
                else json.WriteNull("strip_accents");
                json.WriteBoolean("lowercase", bert.LowerCase);
                break;
            case PrependNormalizer prepend:
                json.WriteString("type", "Prepend");
                json.WriteString("prepend", prepend.Prefix);
                break;
            case StripNormalizer strip:
                json.WriteString("type", "Strip");
                json.WriteBoolean("strip_left", strip.Left);
                json.WriteBoolean("strip_right", strip.Right);
                break;
            default:
                throw TokenizerJsonWriter.Unnamed(part);
        }

        json.WriteEndObject();
    }

    private static void WriteReplace(Utf8JsonWriter json, string kind, string pattern, string content)
    {
        json.WriteStartObject();
        json.WriteString("type", "Replace");
        json.WriteStartObject("pattern");
        json.WriteString(kind, pattern);
        json.WriteEndObject();
        json.WriteString("content", content);
        json.WriteEndObject();
    }
}
