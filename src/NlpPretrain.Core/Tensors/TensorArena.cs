using System.Runtime.InteropServices;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

/// <summary>The memory, the threads and the recorded operations of one <see cref="Pass"/> after another.</summary>
/// <remarks>
/// Memory is handed out from large blocks and taken back all at once when a pass ends, so a pass of the same shapes finds it again. It is pinned and
/// belongs to the garbage collector; only the threads need <see cref="Dispose"/>.
/// </remarks>
public sealed unsafe class TensorArena : IDisposable
{
    private const int Alignment = 64, LineFloats = Alignment / sizeof(float), LeastBlockFloats = 1 << 20;

    private readonly List<Block> _blocks = [];
    private readonly List<TensorNode> _nodes = [];
    private readonly List<OpPool?> _pools = [];
    private readonly List<Op> _tape = [];
    private int _block, _usedNodes;
    private long _usedInBlock, _usedBefore, _generations;
    private ulong _randomIndex;
    private bool _isDifferentiated;

    /// <summary>Creates an arena.</summary>
    /// <param name="workers">Threads that compute, with the caller's, at least 1. Default: one for each processor. Results do not depend on it.</param>
    public TensorArena(int? workers = null)
    {
        if (workers < 1) throw new ArgumentOutOfRangeException(nameof(workers), workers, "An arena needs at least one worker, the caller's own thread.");
        Workers = new Workers(workers ?? Environment.ProcessorCount);
    }

    /// <summary>Bytes that tensors of the current pass take.</summary>
    public long UsedBytes => sizeof(float) * (_usedBefore + _usedInBlock);

    /// <summary>Bytes that the arena has taken from the system; it keeps them for the next pass.</summary>
    public long ReservedBytes => sizeof(float) * _blocks.Sum(block => (long)block.Length);

    internal Workers Workers { get; }

    /// <summary>The number of the pass that is open, or 0.</summary>
    internal long Generation { get; private set; }

    internal bool IsTraining { get; private set; }

    internal ulong Seed { get; private set; }

    internal ulong Step { get; private set; }

    internal ulong NextRandomIndex() => _randomIndex++;

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        End();
        Workers.Dispose();
    }

    internal Pass Begin(bool isTraining, ulong seed, ulong step)
    {
        if (Generation != 0) throw new InvalidOperationException("The arena has a pass that was not disposed of; end it (using Pass pass = ...) before the next, or use another arena.");

        Generation = ++_generations;
        (IsTraining, Seed, Step, _randomIndex, _isDifferentiated) = (isTraining, seed, step, 0, false);
        return new Pass(this, Generation);
    }

    internal void End()
    {
        foreach (OpPool? pool in _pools) pool?.Reset();
        _tape.Clear();
        (_block, _usedNodes, _usedInBlock, _usedBefore, Generation) = (0, 0, 0, 0, 0);
    }

    /// <summary>Memory of the pass for so many values, on a cache line of its own; what is in it is whatever was there.</summary>
    internal float* Allocate(long count)
    {
        long padded = (count + (LineFloats - 1)) / LineFloats * LineFloats;
        while (_block < _blocks.Count && _usedInBlock + padded > _blocks[_block].Length) NextBlock();
        if (_block == _blocks.Count) _blocks.Add(new Block(BlockLength(padded)));

        float* memory = _blocks[_block].Address + _usedInBlock;
        _usedInBlock += padded;
        return memory;
    }

    internal TensorNode Create(Shape shape, bool requiresGradient) => CreateView(shape, Allocate(shape.Size), requiresGradient);

    /// <summary>A tensor of values that are there already.</summary>
    internal TensorNode CreateView(Shape shape, float* values, bool requiresGradient)
    {
        if (_usedNodes == _nodes.Count) _nodes.Add(new TensorNode());
        TensorNode node = _nodes[_usedNodes++];
        node.Become(this, Generation, shape, values, requiresGradient);
        return node;
    }

    /// <summary>An operation of a type, from those that earlier passes used.</summary>
    internal TOp Take<TOp>() where TOp : Op, new()
    {
        int type = OpType<TOp>.Number;
        while (_pools.Count <= type) _pools.Add(null);
        return ((OpPool<TOp>)(_pools[type] ??= new OpPool<TOp>())).Take();
    }

    internal void Record(Op op) => _tape.Add(op);

    internal void Backward(TensorNode loss, float scale)
    {
        if (!IsTraining) throw new InvalidOperationException("This pass is for inference, which keeps nothing for a backward; begin it with Pass.Training.");
        if (_isDifferentiated) throw new InvalidOperationException("This pass was differentiated before; one pass has one Backward. Add losses up first.");
        if (loss.Size != 1) throw new InvalidOperationException($"Backward starts from a loss of one value; this tensor is {loss.Shape}. Take its mean or sum first.");
        if (!loss.RequiresGradient) throw new InvalidOperationException("The loss depends on no trainable parameter, so there is nothing to differentiate.");

        _isDifferentiated = true;
        loss.Gradient[0] = scale;
        for (int i = _tape.Count - 1; i >= 0; i--) _tape[i].BackwardIfReached();
    }

    private void NextBlock()
    {
        _usedBefore += _usedInBlock;
        (_block, _usedInBlock) = (_block + 1, 0);
    }

    // Each new block is as large as all before it: a few blocks, and never more than twice what is needed.
    private int BlockLength(long needed)
    {
        long length = Math.Max(Math.Max(LeastBlockFloats, _blocks.Sum(block => (long)block.Length)), needed);
        long most = Array.MaxLength - LineFloats;
        if (needed > most) throw new InvalidOperationException($"A tensor of {needed} values is larger than one block of memory can be ({most}).");
        return (int)Math.Min(length, most);
    }

    private sealed class Block
    {
        private readonly float[] _memory;

        internal Block(int length)
        {
            Length = length;
            _memory = GC.AllocateUninitializedArray<float>(length + LineFloats, pinned: true);
            Address = (float*)((Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) + (Alignment - 1)) & ~(nint)(Alignment - 1));
        }

        internal int Length { get; }

        internal float* Address { get; }
    }
}
