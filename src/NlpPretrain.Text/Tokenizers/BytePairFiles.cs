using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NlpPretrain.Text;

/// <summary>vocab.json and merges.txt.</summary>
internal static class BytePairFiles
{
    private const string Version = "#version";

    /// <summary>The largest vocab.json that is read: the published ones have one megabyte.</summary>
    internal const long MaxVocabularyLength = 1 << 26;

    internal static Dictionary<string, int> ReadVocabulary(string path)
    {
        byte[] json = ReadUtf8(path);
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        List<long> offsets = []; // of the entries, in the order of the file
        Utf8JsonReader reader = new(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw At(path, reader, "an object from piece to id", json);

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string piece = reader.GetString()!;
                offsets.Add(reader.TokenStartIndex);
                if (piece.Length == 0) throw At(path, reader, "a piece that is not empty", json);
                if (ids.TryGetValue(piece, out int other)) throw At(path, reader, $"each piece once, and this is {other} already", json);

                reader.Read();
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id) || id < 0)
                {
                    throw At(path, reader, $"a whole number from 0 to {int.MaxValue} as the id of \"{piece}\"", json);
                }

                ids.Add(piece, id);
            }

            while (reader.Read()) { } // nothing may follow
        }
        catch (JsonException problem)
        {
            throw new TokenizerException($"{path}: {problem.Message}", problem);
        }
        catch (InvalidOperationException problem) // an escape of half a surrogate pair
        {
            throw new TokenizerException($"{path}, byte {reader.TokenStartIndex}: {problem.Message}", problem);
        }

        CheckIds(path, ids, offsets);
        return ids;
    }

    internal static List<BytePairMerge> ReadMerges(string path, string vocabularyPath, Dictionary<string, int> ids) =>
        VocabularyFile.Read(path, (stream, _) => ReadMerges(new LineReader(stream, path), path, vocabularyPath, ids));

    private static List<BytePairMerge> ReadMerges(LineReader reader, string path, string vocabularyPath, Dictionary<string, int> ids)
    {
        List<BytePairMerge> merges = [];
        Dictionary<BytePairMerge, long> lines = [];
        while (reader.Read(out ReadOnlySpan<char> merge))
        {
            long line = reader.Line;
            if (line == 1 && merge.StartsWith(Version, StringComparison.Ordinal)) continue;

            int space = merge.IndexOf(' ');
            if (space <= 0 || space == merge.Length - 1 || merge[(space + 1)..].Contains(' '))
            {
                throw TokenizerException.At(path, line, "two pieces with one space between", merge);
            }

            BytePairMerge read = new(merge[..space].ToString(), merge[(space + 1)..].ToString());
            if (BytePairModel.ProblemOf(read, ids) is { } problem)
            {
                throw TokenizerException.At(path, line, $"a merge of pieces of {vocabularyPath}, but {problem.TrimEnd('.')}", merge);
            }

            if (!lines.TryAdd(read, line)) throw TokenizerException.At(path, line, $"each merge once, and this is line {lines[read]} already", merge);

            merges.Add(read);
        }

        return merges;
    }

    internal static void WriteVocabulary(Stream stream, string[] pieces)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        for (int id = 0; id < pieces.Length; id++) json.WriteNumber(pieces[id], id);
        json.WriteEndObject();
    }

    internal static void CheckMerges(string path, BytePairMerge[] merges)
    {
        for (int rank = 0; rank < merges.Length; rank++)
        {
            string merge = merges[rank].Left + merges[rank].Right;
            if (merge.AsSpan().ContainsAny(' ', '\n', '\r')) throw TokenizerException.At(path, rank + 2, "parts without spaces and line breaks", merge);
        }
    }

    internal static void WriteMerges(Stream stream, BytePairMerge[] merges)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine($"{Version}: 0.2");
        foreach ((string left, string right) in merges) writer.WriteLine($"{left} {right}");
    }

    private static void CheckIds(string path, Dictionary<string, int> ids, List<long> offsets)
    {
        string?[] pieces = new string?[ids.Count];
        int entry = 0;
        foreach ((string piece, int id) in ids)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"byte {offsets[entry++]}");
            string found = string.Create(CultureInfo.InvariantCulture, $"\"{piece}\": {id}");
            if (id >= pieces.Length)
            {
                throw TokenizerException.At(path, place, $"an id from 0 to {pieces.Length - 1}, as there are {pieces.Length} pieces", found);
            }

            if (pieces[id] is { } other) throw TokenizerException.At(path, place, $"each id once, and \"{other}\" has this already", found);

            pieces[id] = piece;
        }
    }

    private static byte[] ReadUtf8(string path)
    {
        byte[] bytes = ReadAll(path);
        TokenizerException.ThrowIfNotUtf8(path, bytes);
        if (bytes.AsSpan().StartsWith("\uFEFF"u8)) bytes.AsSpan(0, 3).Fill((byte)' ');     // which keeps the places of what follows
        return bytes;
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            if (stream.Length > MaxVocabularyLength)
            {
                throw new TokenizerException(FormattableString.Invariant($"{path} has {stream.Length} bytes; a vocabulary in JSON has at most {MaxVocabularyLength}."));
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TokenizerException($"{path} cannot be read: {problem.Message}", problem);
        }
    }

    private static TokenizerException At(string path, in Utf8JsonReader reader, string expected, ReadOnlySpan<byte> json)
    {
        int start = (int)reader.TokenStartIndex;
        int length = (int)Math.Min(reader.BytesConsumed - start, 400);
        string found = Encoding.UTF8.GetString(json.Slice(start, length));
        return TokenizerException.At(path, string.Create(CultureInfo.InvariantCulture, $"byte {start}"), expected, found);
    }
}
