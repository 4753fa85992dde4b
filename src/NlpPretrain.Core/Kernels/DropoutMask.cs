using System.Runtime.Intrinsics;
using NlpPretrain.Initialization;

namespace NlpPretrain.Kernels;

/// <summary>target = m ⊙ x / (1 − p), or added to the target: value i is kept where 32 bits of the stream are p·2³² or more.</summary>
/// <remarks>Number j of the stream decides on values 2j, by its low half, and 2j + 1.</remarks>
internal unsafe struct DropoutMask : IPieces
{
    private RandomStream _random;
    private float* _x, _target;
    private int _size;
    private float _scale;
    private uint _limit;
    private bool _accumulate;

    internal static void Run(Workers workers, RandomStream random, float probability, float* x, int size, float* target, bool accumulate)
    {
        DropoutMask work = new()
        {
            _random = random, _x = x, _target = target, _size = size, _scale = 1 / (1 - probability), _accumulate = accumulate,
            _limit = (uint)Math.Min(probability * 4294967296.0, uint.MaxValue),
        };
        workers.For(Pieces.Count(size, Pieces.Elements), ref work);
    }

    public readonly void Run(int piece)
    {
        int start = piece * Pieces.Elements, end = start + Math.Min(Pieces.Elements, _size - start);
        Vector512<float> scale = Vector512.Create(_scale);
        Vector512<uint> limit = Vector512.Create(_limit);
        for (int i = start; i < end; i += Row.Lanes)
        {
            Vector512<float> kept = Vector512.GreaterThanOrEqual(_random.Eight((ulong)i / 2).AsUInt32(), limit).AsSingle();
            Vector512<float> y = scale * Row.Load(_x + i, end - i) & kept;
            Row.Store(_target + i, _accumulate ? Row.Load(_target + i, end - i) + y : y, end - i);
        }
    }
}
