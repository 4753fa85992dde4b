using System.Text.Encodings.Web;
using System.Text.Json;

namespace NlpPretrain.Text;

/// <summary>Writes a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonWriter
{
    internal static void Write(Tokenizer tokenizer, Stream target)
    {
        using Utf8JsonWriter json = new(target, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAddedTokens(json, tokenizer);
        WriteWords(json, tokenizer.Normalizer, tokenizer.PreTokenizer);
        WriteFrame(json, tokenizer);
        WriteDecoder(json, tokenizer.Decoder);
        json.WriteStartObject("model");
        WriteModel(json, tokenizer);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    internal static TokenizerException Unnamed(object part) =>
        new($"tokenizer.json has no name for {part.GetType().Name} here; write the model's own files, or use the parts that TokenizerJson lists.");

    private static void WriteAddedTokens(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        json.WriteStartArray("added_tokens");
        foreach ((string content, int id) in tokenizer.SpecialIds.OrderBy(pair => pair.Value))
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", content);
            foreach (string name in (ReadOnlySpan<string>)["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(name, false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWords(Utf8JsonWriter json, TextNormalizer? normalizer, PreTokenizer? preTokenizer)
    {
        List<TextNormalizer> parts = [.. NormalizerSequence.PartsOf(normalizer)];
        TextNormalizer? last = parts.LastOrDefault();
        bool isMetaspace = preTokenizer is MetaspacePreTokenizer;
        if (isMetaspace != last is MetaspaceNormalizer) throw Unnamed(isMetaspace ? preTokenizer! : last!);

        bool hasPrefix = preTokenizer is ByteLevelPreTokenizer && last is PrefixSpaceNormalizer;
        if (isMetaspace || hasPrefix) parts.RemoveAt(parts.Count - 1);
        TokenizerJsonNormalizers.Write(json, parts, last is MetaspaceNormalizer { CollapseSpaces: true });
        switch (preTokenizer)
        {
            case null:
                json.WriteNull("pre_tokenizer");
                break;
            case BertPreTokenizer:
                json.WriteStartObject("pre_tokenizer");
                json.WriteString("type", "BertPreTokenizer");
                json.WriteEndObject();
                break;
            case ByteLevelPreTokenizer byteLevel:
                WriteByteLevel(json, "pre_tokenizer", hasPrefix, trims: false, byteLevel.CutsWords);
                break;
            case MetaspacePreTokenizer:
                MetaspaceNormalizer metaspace = (MetaspaceNormalizer)last!;
                WriteMetaspace(json, "pre_tokenizer", !metaspace.AddPrefixSpace ? "never" : metaspace.OnlyFirst ? "first" : "always");
                break;
            default:
                throw Unnamed(preTokenizer);
        }
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string name, bool hasPrefix, bool trims, bool cuts)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", hasPrefix);
        json.WriteBoolean("trim_offsets", trims);
        json.WriteBoolean("use_regex", cuts);
        json.WriteEndObject();
    }

    private static void WriteMetaspace(Utf8JsonWriter json, string name, string scheme)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "Metaspace");
        json.WriteString("replacement", MetaspaceNormalizer.Mark.ToString());
        json.WriteString("prepend_scheme", scheme);
        json.WriteBoolean("split", true);
        json.WriteEndObject();
    }

    private static void WriteFrame(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        TokenFrame frame = tokenizer.Frame;
        string[] tokens = [.. frame.Start.Concat(frame.Between).Concat(frame.End).Distinct(StringComparer.Ordinal)];
        if (tokens.Length == 0)
        {
            if (frame.TrimOffsets) WriteByteLevel(json, "post_processor", frame.KeepFirstSpaces, trims: true, cuts: true);
            else json.WriteNull("post_processor");
            return;
        }

        if (frame.TrimOffsets) throw new TokenizerException("tokenizer.json has no name for a frame with tokens whose offsets are trimmed (TokenFrame.TrimOffsets).");

        json.WriteStartObject("post_processor");
        json.WriteString("type", "TemplateProcessing");
        json.WriteStartArray("single");
        WriteTemplate(json, frame.Start, 0);
        WriteItem(json, "Sequence", "A", 0);
        WriteTemplate(json, frame.End, 0);
        json.WriteEndArray();
        json.WriteStartArray("pair");
        WriteTemplate(json, frame.Start, 0);
        WriteItem(json, "Sequence", "A", 0);
        WriteTemplate(json, frame.Between, 0);
        WriteItem(json, "Sequence", "B", 1);
        WriteTemplate(json, frame.End, 1);
        json.WriteEndArray();
        json.WriteStartObject("special_tokens");
        foreach (string token in tokens)
        {
            json.WriteStartObject(token);
            json.WriteString("id", token);
            json.WriteStartArray("ids");
            json.WriteNumberValue(tokenizer.SpecialIds[token]);
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(token);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTemplate(Utf8JsonWriter json, IReadOnlyList<string> tokens, int segment)
    {
        foreach (string token in tokens) WriteItem(json, "SpecialToken", token, segment);
    }

    private static void WriteItem(Utf8JsonWriter json, string kind, string id, int segment)
    {
        json.WriteStartObject();
        json.WriteStartObject(kind);
        json.WriteString("id", id);
        json.WriteNumber("type_id", segment);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDecoder(Utf8JsonWriter json, TokenDecoder? decoder)
    {
        switch (decoder)
        {
            case null:
                json.WriteNull("decoder");
                break;
            case ByteLevelDecoder:
                WriteByteLevel(json, "decoder", hasPrefix: false, trims: false, cuts: true);
                break;
            case MetaspaceDecoder metaspace:
                WriteMetaspace(json, "decoder", metaspace.DropPrefixSpace ? "always" : "never");
                break;
            case WordPieceDecoder wordPiece:
                json.WriteStartObject("decoder");
                json.WriteString("type", "WordPiece");
                json.WriteString("prefix", wordPiece.Prefix);
                json.WriteBoolean("cleanup", wordPiece.CleanUp);
                json.WriteEndObject();
                break;
            case EndOfWordDecoder endOfWord:
                json.WriteStartObject("decoder");
                json.WriteString("type", "BPEDecoder");
                json.WriteString("suffix", endOfWord.Suffix);
                json.WriteEndObject();
                break;
            default:
                throw Unnamed(decoder);
        }
    }

    private static void WriteModel(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        switch (tokenizer.Model)
        {
            case WordPieceModel wordPiece:
                json.WriteString("type", "WordPiece");
                json.WriteString("unk_token", wordPiece.Options.Unknown);
                json.WriteString("continuing_subword_prefix", wordPiece.Options.Prefix);
                json.WriteNumber("max_input_chars_per_word", wordPiece.Options.MaxWordLength);
                WriteVocabulary(json, wordPiece.Pieces);
                break;
            case BytePairModel bytePair:
                if (bytePair.Options.IsByteLevel != tokenizer.PreTokenizer is ByteLevelPreTokenizer) throw Unnamed(bytePair);
                json.WriteString("type", "BPE");
                json.WriteNull("dropout");
                json.WriteString("unk_token", bytePair.Options.UnknownPiece);
                json.WriteNull("continuing_subword_prefix");
                json.WriteString("end_of_word_suffix", bytePair.Options.EndOfWordSuffix is { Length: > 0 } suffix ? suffix : null);
                json.WriteBoolean("fuse_unk", false);
                json.WriteBoolean("byte_fallback", false);
                WriteVocabulary(json, bytePair.Pieces);
                WriteMerges(json, bytePair.Merges);
                break;
            case UnigramModel unigram:
                WriteUnigram(json, unigram, tokenizer.SpecialIds);
                break;
            default:
                throw Unnamed(tokenizer.Model);
        }
    }

    private static void WriteVocabulary(Utf8JsonWriter json, IReadOnlyList<string> pieces)
    {
        json.WriteStartObject("vocab");
        for (int id = 0; id < pieces.Count; id++) json.WriteNumber(pieces[id], id);
        json.WriteEndObject();
    }

    private static void WriteMerges(Utf8JsonWriter json, IReadOnlyList<BytePairMerge> merges)
    {
        json.WriteStartArray("merges");
        foreach ((string left, string right) in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteUnigram(Utf8JsonWriter json, UnigramModel model, IReadOnlyDictionary<string, int> special)
    {
        json.WriteString("type", "Unigram");
        json.WriteNumber("unk_id", model.UnknownId);
        json.WriteStartArray("vocab");
        foreach (UnigramPiece piece in model.Pieces)
        {
            // The format has no such mark: a control piece is one by being a special token, which is not searched for in words.
            if (piece.IsControl && !special.ContainsKey(piece.Text))
                throw new TokenizerException($"The control piece '{piece.Text}' is not among the tokenizer's special tokens, as tokenizer.json needs it.");
            json.WriteStartArray();
            json.WriteStringValue(piece.Text);
            json.WriteNumberValue(piece.Score);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteBoolean("byte_fallback", false);
    }
}
