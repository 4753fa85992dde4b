using System.Runtime.InteropServices;

namespace NlpPretrain.Text;

/// <summary>A list of numbers in a temporary file, of which one block at a time is in memory; not for several threads.</summary>
internal sealed class NumberFile : IDisposable
{
    private const int Block = 1_024;

    private readonly TemporaryIds _file = new();
    private readonly long[] _block = new long[Block];
    private long _loaded = -1;

    internal long Count { get; private set; }

    /// <summary>A number of the list, once <see cref="Flush"/> has ended it.</summary>
    internal long this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Count, nameof(index));
            long block = index / Block;
            if (block != _loaded)
            {
                int length = (int)Math.Min(Block, Count - block * Block);
                _file.Read(MemoryMarshal.AsBytes(_block.AsSpan(0, length)), block * Block * sizeof(long));
                _loaded = block;
            }

            return _block[index % Block];
        }
    }

    internal void Add(long value)
    {
        _block[Count++ % Block] = value;
        if (Count % Block == 0) Write(Block);
    }

    /// <summary>Ends the list.</summary>
    internal void Flush() => Write((int)(Count % Block));

    public void Dispose() => _file.Dispose();

    private void Write(int length) => _file.Append(MemoryMarshal.AsBytes(_block.AsSpan(0, length)));
}
