using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using NlpPretrain.Serialization;

namespace NlpPretrain.Word2Vec;

/// <summary>The bytes of a vector file from its start: a plain file in large blocks, or a stream of unknown length.</summary>
internal sealed class VectorSource : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly Stream? _stream;
    private readonly bool _leaveOpen;

    private VectorSource(string name, SafeFileHandle? file, Stream? stream, bool leaveOpen)
    {
        (Name, _file, _stream, _leaveOpen) = (name, file, stream, leaveOpen);
        Length = file is null ? null : RandomAccess.GetLength(file);
    }

    /// <summary>The path, or another name for messages.</summary>
    public string Name { get; }

    /// <summary>The number of bytes, where it is known before they are read.</summary>
    public long? Length { get; }

    /// <summary>Opens a file, which is decompressed where it starts as gzip does.</summary>
    public static VectorSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        Span<byte> start = stackalloc byte[2];
        if (RandomAccess.Read(file, start, 0) < 2 || start is not [0x1F, 0x8B])
        {
            return new VectorSource(path, file, null, leaveOpen: false);
        }

        file.Dispose();
        var compressed = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        return new VectorSource(path, null, new GZipStream(compressed, CompressionMode.Decompress), leaveOpen: false);
    }

    /// <summary>Reads a stream from where it is; it stays open.</summary>
    public static VectorSource Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new VectorSource(name, null, stream, leaveOpen: true);
    }

    /// <summary>Fills the buffer as far as there are bytes. Threads may read a source of known length at the same time; of another, each read goes on where the last ended.</summary>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="offset">Where in the file to start.</param>
    /// <returns>How many were read; fewer than asked for only at the end.</returns>
    public int Read(Span<byte> buffer, long offset)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int read = ReadSome(buffer[filled..], offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }

    public void Dispose()
    {
        _file?.Dispose();
        if (!_leaveOpen)
        {
            _stream?.Dispose();
        }
    }

    private int ReadSome(Span<byte> buffer, long offset)
    {
        try
        {
            return _file is null ? _stream!.Read(buffer) : RandomAccess.Read(_file, buffer, offset);
        }
        catch (InvalidDataException damage)
        {
            throw new ModelFormatException(Name, "compressed data", "a whole gzip stream", $"damage ({damage.Message})", offset, damage);
        }
    }
}
