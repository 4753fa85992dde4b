using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>target = scale·x, or target + scale·x rounded once.</summary>
internal unsafe struct Scaling : IPieces
{
    private float* _x, _target;
    private int _size;
    private float _scale;
    private bool _accumulate;

    internal static void Run(Workers workers, float* x, int size, float scale, float* target, bool accumulate)
    {
        Scaling work = new() { _x = x, _size = size, _scale = scale, _target = target, _accumulate = accumulate };
        workers.For(Pieces.Count(size, Pieces.Elements), ref work);
    }

    public readonly void Run(int piece)
    {
        int start = piece * Pieces.Elements, length = Math.Min(Pieces.Elements, _size - start);
        ReadOnlySpan<float> x = new(_x + start, length);
        Span<float> target = new(_target + start, length);
        if (_accumulate) TensorPrimitives.FusedMultiplyAdd(x, _scale, target, target);
        else if (_scale == 1) x.CopyTo(target);
        else TensorPrimitives.Multiply(x, _scale, target);
    }
}
