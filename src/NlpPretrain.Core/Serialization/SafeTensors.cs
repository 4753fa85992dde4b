using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NlpPretrain.Serialization;

/// <summary>Writes tensors in the safetensors format, as F32.</summary>
/// <remarks>
/// Tensors are written one after the other in the order given, with no copy of them in memory. The header is padded with spaces to a
/// multiple of 8 bytes, so the values are aligned in the file. Equal input gives equal bytes.
/// </remarks>
public static class SafeTensors
{
    private const int BufferLength = 1 << 18;

    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a file. It is written beside the target and then renamed, so a failed write leaves the file that was there.</summary>
    /// <param name="path">The file, conventionally "model.safetensors"; one that exists is replaced.</param>
    /// <param name="tensors">The tensors; their names must differ.</param>
    /// <param name="metadata">Names and values to keep with them. Default null: none.</param>
    /// <exception cref="ArgumentException">A name is not text, is used twice or is reserved, or the header is larger than the format allows.</exception>
    /// <exception cref="InvalidOperationException">A row has another length than the shape says.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] header = CreateHeader(tensors, metadata);
        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            // No buffer of its own: what a failing disk refuses must be refused here, not when the stream is disposed of.
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                Write(stream, header, tensors);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes to a stream, which need not be able to seek and is left open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="tensors">The tensors; their names must differ.</param>
    /// <param name="metadata">Names and values to keep with them. Default null: none.</param>
    /// <exception cref="ArgumentException">A name is not text, is used twice or is reserved, or the header is larger than the format allows.</exception>
    /// <exception cref="InvalidOperationException">A row has another length than the shape says.</exception>
    public static void Write(Stream stream, IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(stream, CreateHeader(tensors, metadata), tensors);
    }

    private static void Write(Stream stream, byte[] header, IReadOnlyList<SafeTensor> tensors)
    {
        stream.Write(header);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            foreach (SafeTensor tensor in tensors) WriteRows(stream, tensor, buffer.AsSpan(0, BufferLength));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void WriteRows(Stream stream, SafeTensor tensor, Span<byte> buffer)
    {
        int filled = 0;
        for (long row = 0; row < tensor.RowCount; row++)
        {
            ReadOnlySpan<float> values = tensor.Row(row);
            while (!values.IsEmpty)
            {
                int count = Math.Min(values.Length, (buffer.Length - filled) / sizeof(float));
                CopyLittleEndian(values[..count], buffer.Slice(filled, count * sizeof(float)));
                filled += count * sizeof(float);
                values = values[count..];
                if (filled == buffer.Length)
                {
                    stream.Write(buffer);
                    filled = 0;
                }
            }
        }

        stream.Write(buffer[..filled]);
    }

    private static void CopyLittleEndian(ReadOnlySpan<float> values, Span<byte> destination)
    {
        MemoryMarshal.AsBytes(values).CopyTo(destination);
        if (BitConverter.IsLittleEndian) return;

        Span<int> words = MemoryMarshal.Cast<byte, int>(destination);
        BinaryPrimitives.ReverseEndianness(words, words);
    }

    /// <summary>The header's length, the header, and the spaces that pad it.</summary>
    private static byte[] CreateHeader(IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var header = new ArrayBufferWriter<byte>();
        header.Write(stackalloc byte[sizeof(long)]);
        using (var json = new Utf8JsonWriter(header, HeaderOptions))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(json, metadata);
            WriteEntries(json, tensors);
            json.WriteEndObject();
        }

        while (header.WrittenCount % sizeof(long) != 0) header.Write(" "u8);
        int length = header.WrittenCount - sizeof(long);
        if (length > SafeTensorsHeader.MaxLength)
        {
            throw new ArgumentException(
                $"The names, shapes and metadata take {length} bytes; the format allows {SafeTensorsHeader.MaxLength}. " +
                "Use fewer tensors or less metadata.", nameof(tensors));
        }

        byte[] bytes = header.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return bytes;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafeTensorsHeader.MetadataName);
        foreach ((string name, string value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            json.WriteString(RequireText(name), RequireText(value));
        }

        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, IReadOnlyList<SafeTensor> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        long offset = 0;
        foreach (SafeTensor tensor in tensors)
        {
            if (tensor.Name == SafeTensorsHeader.MetadataName)
                throw new ArgumentException($"A tensor is named '{tensor.Name}', which the format reserves; rename it.", nameof(tensors));
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"Two tensors are named '{tensor.Name}'; names must differ.", nameof(tensors));

            long length = tensor.Count * sizeof(float);
            if (length > long.MaxValue - offset)
                throw new ArgumentException("The tensors together are larger than a file can be.", nameof(tensors));

            json.WriteStartObject(RequireText(tensor.Name));
            json.WriteString("dtype", "F32");
            json.WriteStartArray("shape");
            foreach (long size in tensor.Shape) json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    // The JSON writer would replace half a surrogate pair silently, and two names could become one.
    private static string RequireText(string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException exception)
        {
            throw new ArgumentException("A name or value holds half a surrogate pair, which is not text; change it.", exception);
        }
    }
}
