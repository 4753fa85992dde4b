using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NlpPretrain.Text;

/// <summary>What <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c> of a <see cref="TokenizerFolder"/> say.</summary>
internal sealed class TokenizerFolderConfig
{
    internal const string Config = "tokenizer_config.json", Map = "special_tokens_map.json", FrameName = "token_frame";

    private static readonly string[] Roles = ["unk_token", "pad_token", "cls_token", "sep_token", "mask_token", "bos_token", "eos_token"];

    private readonly string _folder;
    private readonly TokenizerJsonField _config, _map;
    private readonly List<(TokenizerJsonField Field, string Content, int Id)> _added = [];

    private TokenizerFolderConfig(string folder)
    {
        _folder = folder;
        (_config, _map) = (ReadObject(Config), ReadObject(Map));
        if (Field("added_tokens_decoder") is { IsNull: false } decoder)
        {
            foreach (JsonProperty entry in decoder.Object().EnumerateObject())
            {
                TokenizerJsonField token = decoder.Optional(entry.Name);
                if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)) throw token.Fault("a token by its id");
                foreach (string name in (ReadOnlySpan<string>)["single_word", "lstrip", "rstrip"]) token.IsOff(name);
                if (!token["special"].AsSwitch()) throw token["special"].Fault("true: added tokens that are not special are not supported");
                _added.Add((token, token["content"].AsText(), id));
            }
        }

        TokenizerJsonField added = ReadObject(TokenizerFolder.AddedTokens);
        foreach (JsonProperty entry in added.Object().EnumerateObject())
        {
            TokenizerJsonField token = added.Optional(entry.Name);
            if (!_added.Exists(known => known.Content == entry.Name)) _added.Add((token, entry.Name, token.AsId()));
        }

        _added.Sort((a, b) => a.Id.CompareTo(b.Id));
        if (_added.Find(token => token.Content.Length == 0) is { Content: not null } empty) throw empty.Field.Fault("a token of at least one character");
        if (Field(FrameName) is { IsNull: false } frame)
            Frame = new TokenFrame { Start = Tokens(frame["start"]), Between = Tokens(frame["between"]), End = Tokens(frame["end"]) };
    }

    internal string? TokenizerClass => Field("tokenizer_class").AsTextOrNull();

    internal TokenFrame? Frame { get; }

    private IEnumerable<string> AddedTokens => _added.Select(token => token.Content);

    /// <summary>The special tokens: all of <c>added_tokens_decoder</c>, or where there is none, those of the kind that the model has, those that have a role, additional and added ones.</summary>
    /// <exception cref="TokenizerException">The model does not have a token that has a role, and it is not added.</exception>
    internal List<string> SpecialTokensOf(TokenModel model, IEnumerable<string> ofKind)
    {
        List<string> tokens = [];
        if (!Field("added_tokens_decoder").IsNull) return [.. AddedTokens];

        tokens.AddRange(ofKind.Where(token => model.TryGetId(token, out _)));
        foreach (string role in Roles) Add(Field(role) is { IsNull: false } given ? given : _map.Optional(role));
        TokenizerJsonField others = Field(TokenizerRoles.Additional) is { IsNull: false } listed ? listed : _map.Optional(TokenizerRoles.Additional);
        if (!others.IsNull) others.Items().ForEach(Add);
        return [.. tokens, .. AddedTokens];

        void Add(TokenizerJsonField field)
        {
            if (ContentOf(field) is not string token || _added.Exists(added => added.Content == token)) return;
            if (!model.TryGetId(token, out _)) throw field.Fault("a piece of the vocabulary or an added token");
            tokens.Add(token);
        }
    }

    internal static TokenizerFolderConfig Read(string folder) => new(folder);

    internal TokenizerJsonField Field(string name) => _config.Optional(name);

    internal bool? Switch(string name) => Field(name) is { IsNull: false } field ? field.AsSwitch() : null;

    internal string? SpecialToken(string role) => ContentOf(Field(role) is { IsNull: false } given ? given : _map.Optional(role));

    /// <summary>The tokenizer, whose added tokens must have the ids that the files say.</summary>
    internal Tokenizer Checked(Tokenizer tokenizer)
    {
        foreach ((TokenizerJsonField field, string content, int id) in _added)
        {
            if (tokenizer.SpecialIds[content] != id) throw field.Fault(FormattableString.Invariant($"the id {tokenizer.SpecialIds[content]} for '{content}', and {id} was said"));
        }

        return tokenizer;
    }

    internal static void Write(Tokenizer tokenizer, string folder, int? maxLength, bool hasJson)
    {
        List<(string Role, string Token)> roles = TokenizerRoles.Of(tokenizer);
        WriteObject(Path.Combine(folder, Map), json => WriteRoles(json, roles));
        WriteObject(Path.Combine(folder, Config), json =>
        {
            WriteAdded(json, tokenizer);
            WriteRoles(json, roles);
            json.WriteString("tokenizer_class", TokenizerRoles.ClassOf(tokenizer));
            if (maxLength is int length) json.WriteNumber("model_max_length", length);
            json.WriteBoolean("clean_up_tokenization_spaces", false);
            if (tokenizer.Normalizer is BertNormalizer bert)
            {
                json.WriteBoolean("do_lower_case", bert.LowerCase);
                if (bert.StripAccents is bool strips) json.WriteBoolean("strip_accents", strips);
                else json.WriteNull("strip_accents");
                json.WriteBoolean("tokenize_chinese_chars", bert.SpaceChinese);
            }

            if (tokenizer.PreTokenizer is ByteLevelPreTokenizer) json.WriteBoolean("add_prefix_space", false);
            if (!hasJson) WriteFrame(json, tokenizer.Frame);
        });
    }

    private static void WriteAdded(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        json.WriteStartObject("added_tokens_decoder");
        foreach ((string content, int id) in tokenizer.SpecialIds.OrderBy(pair => pair.Value))
        {
            json.WriteStartObject(id.ToString(CultureInfo.InvariantCulture));
            json.WriteString("content", content);
            foreach (string name in (ReadOnlySpan<string>)["lstrip", "normalized", "rstrip", "single_word"]) json.WriteBoolean(name, false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteRoles(Utf8JsonWriter json, List<(string Role, string Token)> roles)
    {
        foreach ((string role, string token) in roles.Where(pair => pair.Role != TokenizerRoles.Additional)) json.WriteString(role, token);
        if (!roles.Exists(pair => pair.Role == TokenizerRoles.Additional)) return;

        json.WriteStartArray(TokenizerRoles.Additional);
        foreach ((_, string token) in roles.Where(pair => pair.Role == TokenizerRoles.Additional)) json.WriteStringValue(token);
        json.WriteEndArray();
    }

    private static void WriteFrame(Utf8JsonWriter json, TokenFrame frame)
    {
        json.WriteStartObject(FrameName);
        foreach ((string name, IReadOnlyList<string> tokens) in ((string, IReadOnlyList<string>)[])[("start", frame.Start), ("between", frame.Between), ("end", frame.End)])
        {
            json.WriteStartArray(name);
            foreach (string token in tokens) json.WriteStringValue(token);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteObject(string path, Action<Utf8JsonWriter> write) => WholeFile.Write(path, stream =>
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" });
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    });

    private static string[] Tokens(TokenizerJsonField field) => [.. field.Items().Select(item => item.AsText() is { Length: > 0 } token ? token
        : throw item.Fault("a token of at least one character"))];

    private static string? ContentOf(TokenizerJsonField field) =>
        field.Element.ValueKind == JsonValueKind.Object ? field["content"].AsText() : field.AsTextOrNull();

    private TokenizerJsonField ReadObject(string name)
    {
        string path = Path.Combine(_folder, name);
        if (File.Exists(path)) return TokenizerJson.Parse(path, field => field with { Element = field.Object().Clone() });

        using JsonDocument none = JsonDocument.Parse("{}");
        return new TokenizerJsonField(path, "", none.RootElement.Clone());
    }
}
