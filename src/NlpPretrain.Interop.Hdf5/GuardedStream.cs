using System.Runtime.CompilerServices;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>A file as a parser sees it that believes whatever the file says: addresses outside it, loops and endless recursion end in an <see cref="InvalidDataException"/>.</summary>
internal sealed class GuardedStream : Stream
{
    /// <summary>What a parser may read of a file that it goes through more than once, besides the values of datasets.</summary>
    private const long LeastBudget = 1 << 24, PassesOverFile = 4;

    private readonly FileStream _file;
    private long _budget;

    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    internal GuardedStream(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        _budget = LeastBudget + PassesOverFile * _file.Length;
    }

    /// <summary>Bytes that were read since the stream was opened.</summary>
    internal long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>Allows as many bytes more.</summary>
    internal void Allow(long bytes) => _budget += bytes;

    public override int Read(Span<byte> buffer)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new InvalidDataException("structures within each other without an end");
        if (buffer.Length > _file.Length - _file.Position)
            throw new InvalidDataException(FormattableString.Invariant($"{buffer.Length} bytes at {_file.Position}, and the file ends at {_file.Length}"));
        if ((_budget -= buffer.Length) < 0) throw new InvalidDataException("structures that lead in a circle");

        int count = _file.Read(buffer);
        BytesRead += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin)
    {
        long target = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _file.Position, _ => _file.Length };
        if (target < 0 || target > _file.Length) throw new InvalidDataException(FormattableString.Invariant($"an address, {target}, outside the file of {_file.Length} bytes"));
        return _file.Seek(target, SeekOrigin.Begin);
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }
}
