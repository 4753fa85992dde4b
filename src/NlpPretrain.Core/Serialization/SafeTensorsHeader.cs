using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace NlpPretrain.Serialization;

/// <summary>Reads and checks the JSON header of a safetensors file: everything that can be wrong without reading a value.</summary>
internal sealed class SafeTensorsHeader
{
    internal const int MaxLength = 100_000_000;
    internal const string MetadataName = "__metadata__";

    private const int MaxQuoted = 80, MaxSizes = 16;

    private readonly string _path;
    private readonly long _dataStart, _dataLength;
    private readonly Dictionary<string, SafeTensorInfo> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafeTensorsHeader(string path, long dataStart, long dataLength) =>
        (_path, _dataStart, _dataLength) = (path, dataStart, dataLength);

    internal IReadOnlyDictionary<string, SafeTensorInfo> Tensors => _tensors;

    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <param name="path">The file, for messages.</param>
    /// <param name="header">The bytes between the header's length and the data.</param>
    /// <param name="dataLength">The bytes that the file really has after them.</param>
    internal static SafeTensorsHeader Parse(string path, ReadOnlySpan<byte> header, long dataLength)
    {
        if (header.IsEmpty || header[0] != (byte)'{')
        {
            string found = header.IsEmpty ? "nothing" : $"byte 0x{header[0]:X2}";
            throw new ModelFormatException(path, "header", "'{'", found, sizeof(long));
        }

        if (!Utf8.IsValid(header)) throw new ModelFormatException(path, "header", "UTF-8", "other bytes", sizeof(long));

        var parsed = new SafeTensorsHeader(path, sizeof(long) + header.Length, dataLength);
        var reader = new Utf8JsonReader(header);
        try
        {
            parsed.ReadEntries(ref reader);
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException(path, "header", "JSON", exception.Message, sizeof(long) + reader.BytesConsumed, exception);
        }

        parsed.RequireWholeCover();
        return parsed;
    }

    internal static bool TryMultiply(long left, long right, out long product)
    {
        long high = Math.BigMul(left, right, out product);
        return high == 0 && product >= 0;
    }

    internal static string Describe(ReadOnlySpan<long> shape)
    {
        var text = new StringBuilder("[");
        foreach (long size in shape[..Math.Min(shape.Length, MaxSizes)])
        {
            text.Append(text.Length > 1 ? ", " : "").Append(size);
        }

        return text.Append(shape.Length > MaxSizes ? ", ...]" : "]").ToString();
    }

    /// <summary>A name for a message: the file may hold one of any length.</summary>
    internal static string Quote(string name) => name.Length <= MaxQuoted ? $"'{name}'" : $"'{name[..MaxQuoted]}...'";

    private void ReadEntries(ref Utf8JsonReader reader)
    {
        bool hasMetadata = false;
        reader.Read();
        while (ReadName(ref reader, "header") is { } name)
        {
            long offset = sizeof(long) + reader.TokenStartIndex;
            if (name == MetadataName)
            {
                if (hasMetadata) throw Wrong(ref reader, MetadataName, "one", "a second");
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else if (!_tensors.TryAdd(name, ReadTensor(ref reader, name)))
            {
                throw new ModelFormatException(_path, $"tensor {Quote(name)}", "one of each name", "a second", offset);
            }
        }

        reader.Read(); // throws where anything but white space follows
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataName, "an object");
        while (ReadName(ref reader, MetadataName) is { } name)
        {
            string field = $"{MetadataName} {Quote(name)}";
            Expect(ref reader, JsonTokenType.String, field, "a string");
            if (!_metadata.TryAdd(name, ReadText(ref reader, field))) throw Wrong(ref reader, field, "one of each name", "a second");
        }
    }

    private SafeTensorInfo ReadTensor(ref Utf8JsonReader reader, string name)
    {
        string field = $"tensor {Quote(name)}";
        Expect(ref reader, JsonTokenType.StartObject, field, "an object");
        long start = reader.TokenStartIndex;
        string? type = null;
        long[]? shape = null, offsets = null;
        while (ReadName(ref reader, field) is { } key)
        {
            switch (key)
            {
                case "dtype" when type is not null:
                case "shape" when shape is not null:
                case "data_offsets" when offsets is not null:
                    throw Wrong(ref reader, $"{field}, {key}", "one", "a second");
                case "dtype":
                    Expect(ref reader, JsonTokenType.String, $"{field}, dtype", "a string");
                    type = ReadText(ref reader, $"{field}, dtype");
                    break;
                case "shape":
                    shape = ReadNumbers(ref reader, $"{field}, shape");
                    break;
                case "data_offsets":
                    offsets = ReadNumbers(ref reader, $"{field}, data_offsets");
                    break;
                default:
                    throw Wrong(ref reader, field, "dtype, shape and data_offsets", Quote(key));
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            string missing = type is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw new ModelFormatException(_path, field, missing, "none", sizeof(long) + start);
        }

        return Check(name, type, shape, offsets, sizeof(long) + start);
    }

    private SafeTensorInfo Check(string name, string type, long[] shape, long[] offsets, long place)
    {
        string field = $"tensor {Quote(name)}";
        int bits = ElementTypes.Bits(type);
        if (bits == 0) throw new ModelFormatException(_path, $"{field}, dtype", ElementTypes.All, Quote(type), place);

        long count = 1;
        foreach (long size in shape)
        {
            if (!TryMultiply(count, size, out count))
                throw new ModelFormatException(_path, $"{field}, shape", "at most 2^63 elements", Describe(shape), place);
        }

        if (!TryMultiply(count, bits, out long totalBits) || totalBits % 8 != 0)
            throw new ModelFormatException(_path, $"{field}, shape", $"a whole number of bytes below 2^60 in {type}", Describe(shape), place);

        long length = totalBits / 8;
        if (offsets.Length != 2 || offsets[1] < offsets[0] || offsets[1] > _dataLength)
        {
            throw new ModelFormatException(_path, $"{field}, data_offsets",
                $"[begin, end] within the {_dataLength} bytes of data", Describe(offsets), place);
        }

        if (offsets[1] - offsets[0] != length)
        {
            throw new ModelFormatException(_path, $"{field}, data_offsets",
                $"{length} bytes for {Describe(shape)} in {type}", Describe(offsets), place);
        }

        return new SafeTensorInfo(name, type, shape, count, _dataStart + offsets[0], length);
    }

    /// <summary>Each tensor begins where the one before it ends, and the last ends with the file: nothing overlaps and nothing hides.</summary>
    private void RequireWholeCover()
    {
        SafeTensorInfo[] inOrder = [.. _tensors.Values];
        Array.Sort(inOrder, (a, b) => (a.Offset, a.Length).CompareTo((b.Offset, b.Length)));
        long end = _dataStart;
        foreach (SafeTensorInfo tensor in inOrder)
        {
            if (tensor.Offset != end)
            {
                throw new ModelFormatException(_path, $"tensor {Quote(tensor.Name)}, data_offsets",
                    $"a start at byte {end - _dataStart} of the data, where the tensor before it ends",
                    $"{tensor.Offset - _dataStart}", tensor.Offset);
            }

            end += tensor.Length;
        }

        if (end != _dataStart + _dataLength)
        {
            throw new ModelFormatException(_path, "data", $"{end - _dataStart} bytes, as the header says",
                $"{_dataLength}", end);
        }
    }

    /// <summary>The next name of an object, or null at the object's end.</summary>
    private string? ReadName(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.EndObject ? null : ReadText(ref reader, $"{field}, a name");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string field)
    {
        Expect(ref reader, JsonTokenType.StartArray, field, "an array");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Wrong(ref reader, field, "whole numbers from 0 to 2^63 - 1", Token(ref reader));
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private string ReadText(ref Utf8JsonReader reader, string field)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new ModelFormatException(
                _path, field, "text", "an escape that is half a surrogate pair", sizeof(long) + reader.TokenStartIndex, exception);
        }
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string field, string expected)
    {
        reader.Read();
        if (reader.TokenType != type) throw Wrong(ref reader, field, expected, Token(ref reader));
    }

    private ModelFormatException Wrong(ref Utf8JsonReader reader, string field, string expected, string found) =>
        new(_path, field, expected, found, sizeof(long) + reader.TokenStartIndex);

    private static string Token(ref Utf8JsonReader reader) =>
        Quote(Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 4 * MaxQuoted)]));
}
