using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

/// <summary>Keys and values of the positions that one attention has seen, so that generation computes only the new ones: <see cref="Tensor.CachedAttention"/>.</summary>
/// <remarks>
/// It outlives passes; one for each attention of a model. Sequences may have different lengths, and <see cref="Select"/> says which of them the rows of the
/// next pass are. Not for several threads at once.
/// </remarks>
public sealed unsafe class KeyValueCache
{
    private readonly float[] _memory;
    private readonly int[] _lengths, _selected;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="sequences">How many sequences it has room for; all are selected.</param>
    /// <param name="capacity">The most positions of a sequence.</param>
    /// <param name="width">C, the columns of the keys, of all heads.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public KeyValueCache(int sequences, int capacity, int width)
    {
        int size = new Shape(sequences, capacity, width).Size;
        (Sequences, Capacity, Width, Batch) = (sequences, capacity, width, sequences);
        int behind = Row.Lanes * width;                                         // few keys and values are fewer rows than may be read
        _memory = GC.AllocateUninitializedArray<float>(checked(2 * size + behind + Row.Lanes), pinned: true);
        _lengths = new int[sequences];
        _selected = [.. Enumerable.Range(0, sequences)];
        Keys = PackingBuffer.Align(_memory);
        Values = Keys + size;
    }

    /// <summary>The number of sequences that the cache has room for.</summary>
    public int Sequences { get; }

    /// <summary>The most positions of a sequence.</summary>
    public int Capacity { get; }

    /// <summary>C, the columns of the keys, of all heads.</summary>
    public int Width { get; }

    /// <summary>B, the number of selected sequences.</summary>
    public int Batch { get; private set; }

    /// <summary>The most positions that a selected sequence has.</summary>
    public int Length
    {
        get
        {
            int longest = 0;
            for (int row = 0; row < Batch; row++) longest = Math.Max(longest, LengthOf(row));
            return longest;
        }
    }

    /// <summary>[sequences, capacity, C]; 16 rows behind any position may be read.</summary>
    internal float* Keys { get; }

    /// <summary>[sequences, capacity, C]</summary>
    internal float* Values { get; }

    /// <summary>The number of positions that a selected sequence has.</summary>
    /// <param name="row">Its row in the batch, 0 to <see cref="Batch"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such row.</exception>
    public int LengthOf(int row) => _lengths[SequenceOf(row)];

    /// <summary>Chooses the sequences that the rows of the next passes are.</summary>
    /// <param name="sequences">The sequence of each row, 0 to <see cref="Sequences"/> − 1, none twice.</param>
    /// <exception cref="ArgumentException">There is none, or one is given twice or does not exist.</exception>
    public void Select(ReadOnlySpan<int> sequences)
    {
        if (sequences.IsEmpty) throw new ArgumentException("No sequence was given; a batch has at least one.", nameof(sequences));
        for (int row = 0; row < sequences.Length; row++)
        {
            if ((uint)sequences[row] >= (uint)Sequences || sequences[..row].Contains(sequences[row]))
                throw new ArgumentException($"Row {row} is sequence {sequences[row]}; the cache has the sequences 0 to {Sequences - 1}, and each can be selected once (KeyValueCache.Sequences).", nameof(sequences));
        }

        sequences.CopyTo(_selected);
        Batch = sequences.Length;
    }

    /// <summary>Forgets the positions behind a length, in each selected sequence that has more: 0 to begin anew, or to try another continuation.</summary>
    /// <param name="length">0 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No selected sequence has so many positions.</exception>
    public void Truncate(int length)
    {
        if (length < 0 || length > Length) throw new ArgumentOutOfRangeException(nameof(length), length, $"The cache has {Length} positions; it can be truncated to 0 to {Length}.");
        for (int row = 0; row < Batch; row++) _lengths[_selected[row]] = Math.Min(length, LengthOf(row));
    }

    /// <summary>Makes one sequence a copy of another, selected or not.</summary>
    /// <param name="source">The sequence that is copied.</param>
    /// <param name="target">The sequence whose positions are forgotten.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public void Copy(int source, int target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)source, (uint)Sequences, nameof(source));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)target, (uint)Sequences, nameof(target));
        long from = (long)source * Capacity * Width, to = (long)target * Capacity * Width;
        int count = _lengths[source] * Width;
        new ReadOnlySpan<float>(Keys + from, count).CopyTo(new(Keys + to, count));
        new ReadOnlySpan<float>(Values + from, count).CopyTo(new(Values + to, count));
        _lengths[target] = _lengths[source];
    }

    /// <summary>The sequence of a row.</summary>
    internal int SequenceOf(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Batch, nameof(row));
        return _selected[row];
    }

    /// <summary>Copies keys and values of new positions, from rows [queries, keys, values].</summary>
    internal void Append(float* rows, int count)
    {
        for (int batchRow = 0; batchRow < Batch; batchRow++)
        {
            int sequence = _selected[batchRow];
            for (int i = 0; i < count; i++)
            {
                float* row = rows + ((long)batchRow * count + i) * 3 * Width;
                long place = ((long)sequence * Capacity + _lengths[sequence] + i) * Width;
                new ReadOnlySpan<float>(row + Width, Width).CopyTo(new(Keys + place, Width));
                new ReadOnlySpan<float>(row + 2 * Width, Width).CopyTo(new(Values + place, Width));
            }

            _lengths[sequence] += count;
        }
    }
}
