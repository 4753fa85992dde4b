using NlpPretrain.Initialization;

namespace NlpPretrain.Gpt;

/// <summary>Where each window of a run starts: a function of the seed and the window's number.</summary>
internal sealed class WindowOrder
{
    private const ulong OffsetStream = 0x4F464653, ShuffleStream = 0x57494E44, StartStream = 0x53544152;

    private readonly GptWindows _kind;
    private readonly long _tokens;
    private readonly int _length;
    private readonly ulong _seed;
    private readonly int[] _order;
    private long _epoch = -1, _offset;

    /// <param name="kind">Which windows.</param>
    /// <param name="tokens">Tokens of the stream, more than the length.</param>
    /// <param name="length">T: a window has T inputs and, one further, T targets.</param>
    /// <param name="seed">The run's seed.</param>
    internal WindowOrder(GptWindows kind, long tokens, int length, ulong seed)
    {
        (_kind, _tokens, _length, _seed) = (kind, tokens, length, seed);
        PerEpoch = checked((int)((tokens - 1) / length));
        _order = kind == GptWindows.Shuffled ? new int[PerEpoch] : [];
    }

    /// <summary>Windows that the stream divides into.</summary>
    internal int PerEpoch { get; }

    /// <param name="window">The window's number, from 0 over the whole run.</param>
    internal long StartOf(long window)
    {
        long starts = _tokens - _length;                                    // the last possible one leaves a target for every input
        if (_kind == GptWindows.Random) return Below(new RandomStream(_seed, StartStream)[(ulong)window], starts);

        BeginEpoch(window / PerEpoch);
        return Math.Min(_offset + (long)_order[window % PerEpoch] * _length, starts - 1);
    }

    private void BeginEpoch(long epoch)
    {
        if (epoch == _epoch) return;

        _epoch = epoch;
        _offset = new RandomStream(_seed, OffsetStream, (ulong)epoch).Below(0, _length);
        RandomStream random = new(_seed, ShuffleStream, (ulong)epoch);
        for (int k = 0; k < _order.Length; k++)                             // Fisher and Yates
        {
            int other = random.Below((ulong)k, k + 1);
            _order[k] = _order[other];
            _order[other] = k;
        }
    }

    private static long Below(ulong bits, long exclusiveMaximum) => (long)Math.BigMul(bits, (ulong)exclusiveMaximum, out _);
}
