using System.Text.Json;

namespace NlpPretrain.Text;

/// <summary>The models of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonModels
{
    internal static TokenModel Read(TokenizerJsonField field, bool isByteLevel, HashSet<string> special) => TypeOf(field) switch
    {
        "WordPiece" => ReadWordPiece(field),
        "BPE" => ReadBytePair(field, isByteLevel),
        "Unigram" => ReadUnigram(field, special),
        _ => throw field["type"].Fault("WordPiece, BPE or Unigram"),
    };

    /// <summary>The type, which old files leave to be told from the fields.</summary>
    private static string TypeOf(TokenizerJsonField field)
    {
        if (!field.Optional("type").IsNull) return field.Type;
        if (!field.Optional("merges").IsNull) return "BPE";
        if (field["vocab"].Element.ValueKind == JsonValueKind.Array) return "Unigram";
        return field.Optional("max_input_chars_per_word").IsNull ? field.Type : "WordPiece";
    }

    private static WordPieceModel ReadWordPiece(TokenizerJsonField field)
    {
        field.Only("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
        WordPieceOptions options = new()
        {
            Unknown = field["unk_token"].AsText(),
            Prefix = field["continuing_subword_prefix"].AsText(),
            MaxWordLength = field["max_input_chars_per_word"].AsId(),
        };
        if (options.MaxWordLength == 0) throw field["max_input_chars_per_word"].Fault("at least 1");
        string[] pieces = ReadVocabulary(field["vocab"]);
        return pieces.Contains(options.Unknown) ? new WordPieceModel(pieces, options) : throw field["unk_token"].Fault("a piece of the vocabulary");
    }

    private static BytePairModel ReadBytePair(TokenizerJsonField field, bool isByteLevel)
    {
        field.Only("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        foreach (string name in (ReadOnlySpan<string>)["dropout", "continuing_subword_prefix", "fuse_unk", "byte_fallback", "ignore_merges"]) field.IsOff(name);
        BytePairOptions options = new()
        {
            IsByteLevel = isByteLevel,
            EndOfWordSuffix = field.Optional("end_of_word_suffix").AsTextOrNull() ?? "",
            UnknownPiece = field.Optional("unk_token").AsTextOrNull() is { Length: > 0 } unknown ? unknown : null,
        };
        string[] pieces = ReadVocabulary(field["vocab"]);
        HashSet<string> known = new(pieces, StringComparer.Ordinal);
        if (options.UnknownPiece is string piece && !known.Contains(piece)) throw field["unk_token"].Fault("a piece of the vocabulary");

        List<BytePairMerge> merges = [];
        HashSet<BytePairMerge> seen = [];
        foreach (TokenizerJsonField item in field["merges"].Items())
        {
            BytePairMerge merge = ReadMerge(item);
            foreach (string part in (ReadOnlySpan<string>)[merge.Left, merge.Right, merge.Left + merge.Right])
            {
                if (!known.Contains(part)) throw item.Fault($"a merge of known pieces to a known piece, and '{part}' is none");
            }

            if (!seen.Add(merge)) throw item.Fault("each merge once");
            merges.Add(merge);
        }

        return new BytePairModel(pieces, merges, options);
    }

    private static BytePairMerge ReadMerge(TokenizerJsonField item)
    {
        if (item.Element.ValueKind == JsonValueKind.Array)
        {
            List<TokenizerJsonField> parts = item.Items();
            return parts.Count == 2 ? new BytePairMerge(parts[0].AsText(), parts[1].AsText()) : throw item.Fault("two pieces");
        }

        string[] halves = item.AsText().Split(' ');
        return halves is [{ Length: > 0 }, { Length: > 0 }] ? new BytePairMerge(halves[0], halves[1]) : throw item.Fault("two pieces with one space between");
    }

    private static UnigramModel ReadUnigram(TokenizerJsonField field, HashSet<string> special)
    {
        field.Only("type", "unk_id", "vocab", "byte_fallback").IsOff("byte_fallback");
        List<UnigramPiece> pieces = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (TokenizerJsonField item in field["vocab"].Items())
        {
            List<TokenizerJsonField> parts = item.Items();
            if (parts.Count != 2) throw item.Fault("a piece and its score");
            string text = parts[0].AsText();
            if (text.Length == 0) throw parts[0].Fault("a piece of at least one character");
            if (!known.Add(text)) throw parts[0].Fault("each piece once");
            pieces.Add(new UnigramPiece(text, parts[1].AsNumber(), special.Contains(text)));
        }

        int unknown = field["unk_id"].AsId();
        return unknown < pieces.Count ? new UnigramModel(pieces, unknown) : throw field["unk_id"].Fault(FormattableString.Invariant($"the id of one of the {pieces.Count} pieces"));
    }

    private static string[] ReadVocabulary(TokenizerJsonField field)
    {
        if (field.Element.ValueKind != JsonValueKind.Object) throw field.Fault("an object from piece to id");

        string[] pieces = new string[field.Element.GetPropertyCount()];
        foreach (JsonProperty property in field.Element.EnumerateObject())
        {
            TokenizerJsonField entry = new(field.File, $"{field.Path}[\"{property.Name}\"]", property.Value);
            if (property.Name.Length == 0) throw entry.Fault("a piece of at least one character");
            int id = entry.AsId();
            if (id >= pieces.Length) throw entry.Fault(FormattableString.Invariant($"an id below {pieces.Length}, the number of pieces"));
            if (pieces[id] is string other) throw entry.Fault($"each id once, and '{other}' has it");
            pieces[id] = property.Name;
        }

        return pieces;
    }
}
