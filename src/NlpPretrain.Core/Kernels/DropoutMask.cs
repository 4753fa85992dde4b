using NlpPretrain.Initialization;

namespace NlpPretrain.Kernels;

/// <summary>target = m ⊙ x / (1 − p), or added to the target: value i is kept where 32 bits of the stream are p·2³² or more.</summary>
/// <remarks>Number j of the stream decides on values 2j, by its low half, and 2j + 1.</remarks>
internal unsafe struct DropoutMask : ISimdPieces
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

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int start = piece * Pieces.Elements, end = start + Math.Min(Pieces.Elements, _size - start);
        TSimd scale = _scale;
        for (int i = start; i < end; i += Row.Lanes)
        {
            TSimd kept = TSimd.AreBitsAtLeast(_random.Eight<TSimd>((ulong)i / 2), _limit);
            TSimd y = scale * Row.Load<TSimd>(_x + i, end - i) & kept;
            Row.Store(_target + i, _accumulate ? Row.Load<TSimd>(_target + i, end - i) + y : y, end - i);
        }
    }
}
