namespace NlpPretrain.Tensors;

/// <summary>Operations of one type, used again by the next pass.</summary>
internal abstract class OpPool
{
    internal abstract void Reset();
}

/// <inheritdoc/>
internal sealed class OpPool<TOp> : OpPool where TOp : Op, new()
{
    private readonly List<TOp> _ops = [];
    private int _used;

    internal TOp Take()
    {
        if (_used == _ops.Count) _ops.Add(new TOp());
        return _ops[_used++];
    }

    internal override void Reset() => _used = 0;
}

/// <summary>A small number for each type of operation, so that an arena finds a pool by index.</summary>
internal static class OpType
{
    private static int _count;

    internal static int Next() => Interlocked.Increment(ref _count) - 1;
}

/// <inheritdoc cref="OpType"/>
internal static class OpType<TOp> where TOp : Op
{
    internal static readonly int Number = OpType.Next();
}
