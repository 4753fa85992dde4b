using NlpPretrain.Initialization;

namespace NlpPretrain.Training;

/// <summary>Batches of examples of like lengths, so that little work goes to padding, in an order that depends on the seed and the epoch alone.</summary>
/// <remarks>
/// An epoch shuffles the examples, sorts stretches of 8 batches by length, cuts them to batches, and shuffles the batches. Each example
/// comes once an epoch. Any batch can be asked for, so a run that resumes needs no state; batches of one epoch allocate nothing.
/// </remarks>
public sealed class LengthBatches
{
    // More would pad less, and always put the same examples together.
    private const int PoolBatches = 8;

    private const ulong ExampleStream = 0x53485546, BatchStream = 0x42415443;

    private readonly int[] _lengths, _order, _batches;
    private readonly long[] _keys;
    private readonly int _batchSize;
    private readonly ulong _seed;
    private long _epoch = -1;

    /// <summary>Plans batches.</summary>
    /// <param name="lengths">The length of each example, at least 0.</param>
    /// <param name="batchSize">Examples of a batch, at least 1; the last one cut of an epoch may have fewer.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="ArgumentException">There are no examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    public LengthBatches(ReadOnlySpan<int> lengths, int batchSize, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (lengths.IsEmpty) throw new ArgumentException("There are no examples; fine-tuning needs at least one.", nameof(lengths));

        (_lengths, _batchSize, _seed) = (lengths.ToArray(), batchSize, seed);
        (_order, _keys) = (new int[lengths.Length], new long[lengths.Length]);
        _batches = new int[(lengths.Length - 1) / batchSize + 1];
    }

    /// <summary>Batches of an epoch.</summary>
    public int Count => _batches.Length;

    /// <summary>The examples of a batch, shortest first; good until the next batch is asked for.</summary>
    /// <param name="batch">0, 1, 2, … over all epochs.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public ReadOnlySpan<int> this[long batch]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(batch);
            long epoch = batch / Count;
            if (epoch != _epoch) Plan(epoch);
            int start = _batches[batch % Count] * _batchSize;
            return _order.AsSpan(start, Math.Min(_batchSize, _order.Length - start));
        }
    }

    private void Plan(long epoch)
    {
        Shuffle(_order, new RandomStream(_seed, ExampleStream, (ulong)epoch));
        for (int place = 0; place < _order.Length; place++) _keys[place] = ((long)_lengths[_order[place]] << 32) | (uint)place;   // no two alike: a sort of one outcome
        for (int start = 0, pool = checked(PoolBatches * _batchSize); start < _order.Length; start += pool)
        {
            int length = Math.Min(pool, _order.Length - start);
            Array.Sort(_keys, _order, start, length);
        }

        Shuffle(_batches, new RandomStream(_seed, BatchStream, (ulong)epoch));
        _epoch = epoch;
    }

    /// <summary>The numbers below the length, in an order of the stream's (Fisher and Yates).</summary>
    private static void Shuffle(int[] order, RandomStream random)
    {
        for (int k = 0; k < order.Length; k++)
        {
            int other = random.Below((ulong)k, k + 1);
            order[k] = order[other];
            order[other] = k;
        }
    }
}
