using System.Text.Json;

namespace NlpPretrain.Text;

/// <summary>The parts of a <c>tokenizer.json</c> but its model.</summary>
internal static class TokenizerJsonReader
{
    internal static Tokenizer Read(TokenizerJsonField root)
    {
        root.Only("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        root.IsOff("truncation");
        root.IsOff("padding");
        TokenizerJsonField words = root.Optional("pre_tokenizer");
        PreTokenizer? preTokenizer = ReadPreTokenizer(words);
        List<TextNormalizer> normalizers = TokenizerJsonNormalizers.Read(root.Optional("normalizer"), preTokenizer is MetaspacePreTokenizer, out bool collapses);
        if (preTokenizer is MetaspacePreTokenizer)
        {
            (bool hasPrefix, bool onlyFirst) = ReadScheme(words);
            normalizers.Add(new MetaspaceNormalizer(hasPrefix, collapses) { OnlyFirst = onlyFirst });
        }
        else if (preTokenizer is ByteLevelPreTokenizer && words["add_prefix_space"].AsSwitch())
        {
            normalizers.Add(new PrefixSpaceNormalizer());
        }

        TextNormalizer? normalizer = NormalizerSequence.Of(normalizers);
        TokenizerJsonField added = root.Optional("added_tokens");
        List<(TokenizerJsonField Field, string Content, int Id)> tokens = added.IsNull ? [] : ReadAddedTokens(added, normalizer is not null);
        TokenModel model = TokenizerJsonModels.Read(root["model"], preTokenizer is ByteLevelPreTokenizer, [.. tokens.Select(token => token.Content)]);
        TokenizerJsonField frameField = root.Optional("post_processor");
        List<(TokenizerJsonField Field, string Content, int Id)> framed = [];
        TokenFrame frame = ReadFrame(frameField, framed);
        foreach ((TokenizerJsonField field, string content, _) in framed)
        {
            if (!tokens.Exists(token => token.Content == content) && !model.TryGetId(content, out _)) throw field.Fault("a token of added_tokens or of the model");
        }

        Tokenizer tokenizer = new(model, normalizer, preTokenizer, ReadDecoder(root.Optional("decoder")), frame, tokens.Select(token => token.Content));
        foreach ((TokenizerJsonField field, string content, int id) in tokens.Concat(framed))
        {
            if (tokenizer.SpecialIds[content] != id) throw field.Fault(FormattableString.Invariant($"the id {tokenizer.SpecialIds[content]} for '{content}', after those of the model"));
        }

        return tokenizer;
    }

    private static List<(TokenizerJsonField, string, int)> ReadAddedTokens(TokenizerJsonField field, bool isNormalized)
    {
        List<(TokenizerJsonField Field, string Content, int Id)> tokens = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (TokenizerJsonField item in field.Items())
        {
            item.Only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            foreach (string name in (ReadOnlySpan<string>)["single_word", "lstrip", "rstrip"]) item.IsOff(name);
            if (isNormalized) item.IsOff("normalized");
            if (!item["special"].AsSwitch()) throw item["special"].Fault("true: added tokens that are not special are not supported");
            string content = item["content"].AsText();
            if (content.Length == 0) throw item["content"].Fault("a token of at least one character");
            if (!known.Add(content)) throw item["content"].Fault("each added token once");
            tokens.Add((item["id"], content, item["id"].AsId()));
        }

        return tokens;
    }

    private static PreTokenizer? ReadPreTokenizer(TokenizerJsonField field)
    {
        if (field.IsNull) return null;

        switch (field.Type)
        {
            case "BertPreTokenizer":
                field.Only("type");
                return new BertPreTokenizer();
            case "ByteLevel":
                field.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelPreTokenizer { CutsWords = field.Optional("use_regex") is not { IsNull: false } regex || regex.AsSwitch() };
            case "Metaspace":
                ReadScheme(field);
                return new MetaspacePreTokenizer();
            default:
                throw field["type"].Fault("BertPreTokenizer, ByteLevel or Metaspace");
        }
    }

    private static (bool HasPrefix, bool OnlyFirst) ReadScheme(TokenizerJsonField field)
    {
        field.Only("type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
        if (field["replacement"].AsText() != MetaspaceNormalizer.Mark.ToString()) throw field["replacement"].Fault("\"▁\"");
        if (field.Optional("split") is { IsNull: false } split && !split.AsSwitch()) throw split.Fault("true");
        if (field.Optional("prepend_scheme") is { IsNull: false } scheme)
        {
            return scheme.AsText() switch
            {
                "always" => (true, false),
                "first" => (true, true),
                "never" => (false, false),
                _ => throw scheme.Fault("\"always\", \"first\" or \"never\""),
            };
        }

        return (field["add_prefix_space"].AsSwitch(), false);
    }

    private static TokenDecoder? ReadDecoder(TokenizerJsonField field)
    {
        if (field.IsNull) return null;

        switch (field.Type)
        {
            case "WordPiece":
                field.Only("type", "prefix", "cleanup");
                return new WordPieceDecoder(field["prefix"].AsText(), field["cleanup"].AsSwitch());
            case "BPEDecoder":
                string suffix = field.Only("type", "suffix")["suffix"].AsText();
                return suffix.Length > 0 ? new EndOfWordDecoder(suffix) : throw field["suffix"].Fault("a suffix of at least one character");
            case "ByteLevel":
                field.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "Metaspace":
                return new MetaspaceDecoder(ReadScheme(field).HasPrefix);
            case "Sequence":
                return ReadDecoders(field);
            default:
                throw field["type"].Fault("WordPiece, BPEDecoder, ByteLevel, Metaspace, or Sequence of Replace, Fuse and Strip");
        }
    }

    /// <summary>The older form of Metaspace: ▁ replaced by a space, all fused, a space taken from the start.</summary>
    private static MetaspaceDecoder ReadDecoders(TokenizerJsonField field)
    {
        List<TokenizerJsonField> parts = field.Only("type", "decoders")["decoders"].Items();
        if (parts.Count is not (2 or 3)) throw field["decoders"].Fault("Replace, Fuse and perhaps Strip");
        (TokenizerJsonField replace, TokenizerJsonField fuse) = (parts[0], parts[1]);
        if (replace.Type != "Replace") throw replace["type"].Fault("\"Replace\"");
        if (replace.Only("type", "pattern", "content")["pattern"].Only("String")["String"].AsText() != MetaspaceNormalizer.Mark.ToString()) throw replace["pattern"]["String"].Fault("\"▁\"");
        if (replace["content"].AsText() != " ") throw replace["content"].Fault("a space");
        if (fuse.Only("type").Type != "Fuse") throw fuse["type"].Fault("\"Fuse\"");
        if (parts.Count == 2) return new MetaspaceDecoder(dropPrefixSpace: false);

        TokenizerJsonField strip = parts[2];
        if (strip.Type != "Strip") throw strip["type"].Fault("\"Strip\"");
        if (strip.Only("type", "content", "start", "stop")["content"].AsText() != " ") throw strip["content"].Fault("a space");
        if (strip["start"].AsId() != 1) throw strip["start"].Fault("1");
        if (strip["stop"].AsId() != 0) throw strip["stop"].Fault("0");
        return new MetaspaceDecoder();
    }

    private static TokenFrame ReadFrame(TokenizerJsonField field, List<(TokenizerJsonField, string, int)> tokens)
    {
        if (field.IsNull) return TokenFrame.None;

        switch (field.Type)
        {
            case "ByteLevel":
                field.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new TokenFrame { TrimOffsets = field["trim_offsets"].AsSwitch(), KeepFirstSpaces = field["trim_offsets"].AsSwitch() && field["add_prefix_space"].AsSwitch() };
            case "BertProcessing":
                field.Only("type", "sep", "cls");
                string[] marks = ["", ""];
                foreach (string name in (ReadOnlySpan<string>)["sep", "cls"])
                {
                    List<TokenizerJsonField> pair = field[name].Items();
                    if (pair.Count != 2) throw field[name].Fault("a token and its id");
                    tokens.Add((pair[1], marks[name == "sep" ? 0 : 1] = pair[0].AsText(), pair[1].AsId()));
                }

                return new TokenFrame { Start = [marks[1]], Between = [marks[0]], End = [marks[0]] };
            case "TemplateProcessing":
                return ReadTemplate(field.Only("type", "single", "pair", "special_tokens"), tokens);
            default:
                throw field["type"].Fault("TemplateProcessing, BertProcessing or ByteLevel");
        }
    }

    private static TokenFrame ReadTemplate(TokenizerJsonField field, List<(TokenizerJsonField, string, int)> tokens)
    {
        List<string>[] single = ReadTemplate(field["single"], texts: 1), pair = ReadTemplate(field["pair"], texts: 2);
        if (!single[0].SequenceEqual(pair[0]) || !single[1].SequenceEqual(pair[2])) throw field["pair"].Fault("the same tokens before and after the texts as for a single text");

        HashSet<string> used = [.. pair.SelectMany(part => part)];
        foreach (JsonProperty property in field["special_tokens"].Only([.. used]).Element.EnumerateObject())
        {
            TokenizerJsonField token = field["special_tokens"][property.Name].Only("id", "ids", "tokens");
            List<TokenizerJsonField> ids = token["ids"].Items(), contents = token["tokens"].Items();
            if (ids.Count != 1 || contents.Count != 1) throw token["ids"].Fault("one id and one token");
            if (contents[0].AsText() != property.Name || token["id"].AsText() != property.Name) throw contents[0].Fault("the token's own name");
            tokens.Add((ids[0], property.Name, ids[0].AsId()));
            used.Remove(property.Name);
        }

        foreach (string missing in used) throw field["special_tokens"].Fault($"the token '{missing}'");
        return new TokenFrame { Start = pair[0], Between = pair[1], End = pair[2] };
    }

    /// <summary>The tokens before, between and after the texts.</summary>
    private static List<string>[] ReadTemplate(TokenizerJsonField field, int texts)
    {
        List<string>[] parts = [.. Enumerable.Range(0, texts + 1).Select(_ => new List<string>())];
        int part = 0;
        foreach (TokenizerJsonField item in field.Items())
        {
            item.Only("SpecialToken", "Sequence");
            TokenizerJsonField text = item.Optional("Sequence"), token = item.Optional("SpecialToken");
            TokenizerJsonField content = (text.IsNull ? item["SpecialToken"] : text).Only("id", "type_id");
            if (!text.IsNull && !token.IsNull) throw item.Fault("a Sequence or a SpecialToken");
            if (text.IsNull)
            {
                parts[part].Add(content["id"].AsText());
            }
            else
            {
                string expected = part == 0 ? "A" : "B";
                if (part == texts || content["id"].AsText() != expected) throw content["id"].Fault(texts == 1 ? "A once" : "A once, then B once");
                part++;
            }

            int segment = part == 2 ? 1 : 0;
            if (content["type_id"].AsId() != segment) throw content["type_id"].Fault(segment == 1 ? "1 from the second text on" : "0 before the second text");
        }

        return part == texts ? parts : throw field.Fault(texts == 1 ? "the text A" : "the texts A and B");
    }
}
