using System.Runtime.InteropServices;

namespace NlpPretrain.Tensors;

/// <summary>Keys and values of the positions that one attention has seen, so that generation computes only the new ones: <see cref="Tensor.CachedAttention"/>.</summary>
/// <remarks>It outlives passes; one for each attention of a model. Not for several threads at once.</remarks>
public sealed unsafe class KeyValueCache
{
    private readonly float[] _memory;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="batch">B, sequences side by side.</param>
    /// <param name="capacity">The most positions of a sequence.</param>
    /// <param name="width">C, the columns of the keys, of all heads.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public KeyValueCache(int batch, int capacity, int width)
    {
        int size = new Shape(batch, capacity, width).Size;
        (Batch, Capacity, Width) = (batch, capacity, width);
        _memory = GC.AllocateUninitializedArray<float>(checked(2 * size), pinned: true);
        Keys = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        Values = Keys + size;
    }

    /// <summary>B, the number of sequences.</summary>
    public int Batch { get; }

    /// <summary>The most positions of a sequence.</summary>
    public int Capacity { get; }

    /// <summary>C, the columns of the keys, of all heads.</summary>
    public int Width { get; }

    /// <summary>The number of positions that the cache has, the same for every sequence.</summary>
    public int Length { get; private set; }

    /// <summary>[B, capacity, C]</summary>
    internal float* Keys { get; }

    /// <summary>[B, capacity, C]</summary>
    internal float* Values { get; }

    /// <summary>Forgets the positions behind a length: 0 to begin anew, or to try another continuation.</summary>
    /// <param name="length">0 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cache has fewer positions.</exception>
    public void Truncate(int length)
    {
        if (length < 0 || length > Length) throw new ArgumentOutOfRangeException(nameof(length), length, $"The cache has {Length} positions; it can be truncated to 0 to {Length}.");
        Length = length;
    }

    /// <summary>Copies keys and values of new positions, from rows [queries, keys, values].</summary>
    internal void Append(float* rows, int count)
    {
        for (int sequence = 0; sequence < Batch; sequence++)
        {
            for (int i = 0; i < count; i++)
            {
                float* row = rows + ((long)sequence * count + i) * 3 * Width;
                long place = ((long)sequence * Capacity + Length + i) * Width;
                new ReadOnlySpan<float>(row + Width, Width).CopyTo(new(Keys + place, Width));
                new ReadOnlySpan<float>(row + 2 * Width, Width).CopyTo(new(Values + place, Width));
            }
        }

        Length += count;
    }
}
