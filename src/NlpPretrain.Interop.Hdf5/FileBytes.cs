using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>Bytes of a file by their addresses, none of them behind its end.</summary>
internal sealed class FileBytes(string path) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(path);

    /// <summary>What an address is where there is none.</summary>
    internal const ulong NoAddress = ulong.MaxValue;

    internal long Length { get; } = new FileInfo(path).Length;

    /// <exception cref="InvalidDataException">They are not all within the file; nothing is made for them.</exception>
    internal byte[] Read(ulong address, ulong count, string what)
    {
        Require(address, count, what);
        byte[] bytes = new byte[(int)Math.Min(count, int.MaxValue)];
        for (int done = 0; done < bytes.Length;)
        {
            int read = RandomAccess.Read(_file, bytes.AsSpan(done), (long)address + done);
            if (read == 0) throw new InvalidDataException($"{what} behind the end of the file");
            done += read;
        }

        return bytes;
    }

    /// <exception cref="InvalidDataException">They are not all within the file.</exception>
    internal void Require(ulong address, ulong count, string what)
    {
        if (count > (ulong)Length || address > (ulong)Length - count)
            throw new InvalidDataException(FormattableString.Invariant($"{what} of {count} bytes at {address}, and the file ends at {Length}"));
    }

    public void Dispose() => _file.Dispose();

    internal static ulong Number(ReadOnlySpan<byte> bytes, int place, int size = sizeof(ulong))
    {
        if (place + size > bytes.Length) throw new InvalidDataException("a structure that is shorter than its parts");
        Span<byte> all = stackalloc byte[sizeof(ulong)];
        all.Clear();
        bytes.Slice(place, size).CopyTo(all);
        return BinaryPrimitives.ReadUInt64LittleEndian(all);
    }
}
