using Microsoft.Win32.SafeHandles;

namespace NlpPretrain.Text;

/// <summary>A temporary file of ids, deleted with this object. Threads may read at the same time.</summary>
internal sealed class TemporaryIds : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(
        Path.Combine(Path.GetTempPath(), $"nlp-pretrain-{Guid.NewGuid():N}.ids"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

    /// <summary>Bytes written.</summary>
    internal long Length { get; private set; }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, Length);
        Length += bytes.Length;
    }

    /// <exception cref="EndOfStreamException">The file was cut short.</exception>
    internal void Read(Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0) throw new EndOfStreamException("The temporary file of ids was cut short by another program.");
            bytes = bytes[read..];
            offset += read;
        }
    }

    public void Dispose() => _file.Dispose();
}
