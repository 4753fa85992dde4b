using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The causal attention of new positions to those of a cache and to themselves; the cache keeps the new ones.</summary>
    /// <remarks>
    /// The same bits as <see cref="CausalAttention"/> gives these positions when it computes the whole sequence, however the positions come: keys are taken
    /// in blocks of 64 from position 0 either way. For inference: it has no backward.
    /// </remarks>
    /// <param name="cache">The keys and values of the positions before; B and C as here.</param>
    /// <param name="heads">H, a divisor of C.</param>
    /// <returns>[B, T, C] for this tensor [B, T, 3C] of queries, keys and values of T new positions.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the cache has no room for the new positions.</exception>
    /// <exception cref="InvalidOperationException">The pass is for training.</exception>
    public Tensor CachedAttention(KeyValueCache cache, int heads)
    {
        ArgumentNullException.ThrowIfNull(cache);
        Shape shape = Shape;
        if (shape.Rank != 3 || shape[0] != cache.Batch || shape[2] != 3 * cache.Width)
            throw new ArgumentException($"Attention with this cache needs queries, keys and values [{cache.Batch}, T, {3L * cache.Width}]; this tensor is {shape} (KeyValueCache.Batch, Width).");
        if (shape[1] > cache.Capacity - cache.Length)
            throw new ArgumentException($"{shape[1]} new positions do not fit: the cache has {cache.Length} of at most {cache.Capacity} (KeyValueCache.Capacity).");
        if (Pass.IsTraining) throw new InvalidOperationException("Attention with a cache has no backward; use it in Pass.Inference, and CausalAttention for training.");

        CachedAttentionOp op = Op.Take<CachedAttentionOp>(this);
        op.Set(cache, heads);
        return op.Run(new Shape(shape[0], shape[1], cache.Width), this);
    }
}

internal sealed unsafe class CachedAttentionOp : Op
{
    private KeyValueCache? _cache;
    private int _heads;

    internal void Set(KeyValueCache cache, int heads)
    {
        AttentionOp.Check(cache.Batch, cache.Capacity, cache.Width, heads, default, 0);
        (_cache, _heads) = (cache, heads);
    }

    protected override void Forward()
    {
        KeyValueCache cache = _cache!;
        _cache = null;
        int queries = Output.Shape[1];
        cache.Append(X.Data, queries);
        for (int row = 0; row < cache.Batch; row++) Attend(cache, row, queries);
    }

    private void Attend(KeyValueCache cache, int row, int queries)
    {
        int width = cache.Width, keys = cache.LengthOf(row);
        long start = (long)row * queries * width, cached = (long)cache.SequenceOf(row) * cache.Capacity * width;
        AttentionProblem problem = new()
        {
            Batch = 1, Heads = _heads, Queries = queries, Keys = keys, HeadSize = width / _heads, IsCausal = true, Scale = 1 / MathF.Sqrt(width / _heads),
            Query = X.Data + 3 * start, Key = cache.Keys + cached, Value = cache.Values + cached, QueryRow = 3L * width, KeyRow = width, ValueRow = width,
        };
        if (queries == 1 && SingleQuery.CanRun(problem))
        {
            SingleQuery work = new() { Problem = problem, Output = Output.Data + start };
            Workers.For(_heads, 2L * keys * width, ref work);
        }
        else
        {
            AttentionForward work = new() { Problem = problem, Output = Output.Data + start };
            Workers.For(work.Pieces, (long)queries * keys * width / Row.Lanes, ref work);
        }
    }

    protected override void Backward() => throw new InvalidOperationException("Attention with a cache has no backward.");
}
