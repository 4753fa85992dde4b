using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>target = value, or target + value.</summary>
internal unsafe struct Constant : IPieces
{
    private float* _target;
    private int _size;
    private float _value;
    private bool _accumulate;

    internal static void Run(Workers workers, float value, float* target, int size, bool accumulate)
    {
        Constant work = new() { _value = value, _target = target, _size = size, _accumulate = accumulate };
        workers.For(Pieces.Count(size, Pieces.Elements), ref work);
    }

    public readonly void Run(int piece)
    {
        int start = piece * Pieces.Elements;
        Span<float> target = new(_target + start, Math.Min(Pieces.Elements, _size - start));
        if (_accumulate) TensorPrimitives.Add(target, _value, target);
        else target.Fill(_value);
    }
}
