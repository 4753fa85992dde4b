using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>Copies blocks of values, or adds them, between two arrays that keep them at different distances.</summary>
internal unsafe struct BlockCopy : IPieces
{
    private float* _source, _target;
    private long _sourceStride, _targetStride, _size;
    private int _width;
    private bool _accumulate;

    /// <param name="workers">The threads that compute.</param>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="width">Values of a block.</param>
    /// <param name="source">The first block.</param>
    /// <param name="sourceStride">From one block to the next.</param>
    /// <param name="target">Where the first block goes.</param>
    /// <param name="targetStride">From one block to the next.</param>
    /// <param name="accumulate">Whether to add to the target.</param>
    internal static void Run(Workers workers, int blocks, int width, float* source, long sourceStride, float* target, long targetStride, bool accumulate)
    {
        BlockCopy work = new()
        {
            _source = source, _target = target, _sourceStride = sourceStride, _targetStride = targetStride, _size = (long)blocks * width, _width = width, _accumulate = accumulate,
        };
        workers.For(Pieces.Count(work._size, Pieces.Elements), ref work);
    }

    public readonly void Run(int piece)
    {
        long start = (long)piece * Pieces.Elements, end = Math.Min(_size, start + Pieces.Elements);
        for (int length; start < end; start += length)
        {
            long block = start / _width;
            int within = (int)(start - block * _width);
            length = (int)Math.Min(_width - within, end - start);
            ReadOnlySpan<float> source = new(_source + block * _sourceStride + within, length);
            Span<float> target = new(_target + block * _targetStride + within, length);
            if (_accumulate) TensorPrimitives.Add(target, source, target);
            else source.CopyTo(target);
        }
    }
}
