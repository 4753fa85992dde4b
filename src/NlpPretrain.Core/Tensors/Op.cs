using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

/// <summary>One operation of a pass, with both its directions: a type an operation, one file in <c>Ops/</c>, and the method of <see cref="Tensor"/> that runs it.</summary>
/// <remarks>
/// A pass keeps its operations in the order they ran and walks them from the end, which is the one order in which gradients add up. Objects are used
/// again by the next pass: settings are assigned before <see cref="Run(Shape, Tensor)"/>, never in a constructor.
/// <code>
/// public partial struct Tensor
/// {
///     public Tensor Gelu() => Op.Take&lt;GeluOp>(this).Run(Shape, this);
/// }
///
/// internal sealed unsafe class GeluOp : Op
/// {
///     protected override void Forward() => Elementwise.Map&lt;GeluFunction>(Workers, X.Data, Output.Data, X.Size);
///
///     protected override void Backward() => Elementwise.Accumulate&lt;GeluDerivative>(Workers, X.Data, Output.Gradient, X.Gradient, X.Size);
/// }
/// </code>
/// <see cref="Backward"/> is called where a gradient has reached an output, and must leave alone the inputs that require none.
/// </remarks>
internal abstract unsafe class Op
{
    private TensorNode[] _inputs = new TensorNode[4], _outputs = new TensorNode[4];
    private TensorArena? _arena;
    private int _inputCount, _outputCount;

    /// <summary>The first input.</summary>
    protected TensorNode X => _inputs[0];

    /// <summary>The second input.</summary>
    protected TensorNode Y => _inputs[1];

    /// <summary>The third input.</summary>
    protected TensorNode Z => _inputs[2];

    /// <summary>The first output.</summary>
    protected TensorNode Output => _outputs[0];

    /// <summary>The threads that compute.</summary>
    protected Workers Workers => _arena!.Workers;

    /// <summary>Whether <see cref="Backward"/> may come: what it needs must be kept.</summary>
    protected bool IsRecorded { get; private set; }

    protected int InputCount => _inputCount;

    /// <summary>An operation to set up and run in the pass of a tensor.</summary>
    internal static TOp Take<TOp>(Tensor tensor) where TOp : Op, new() => Take<TOp>(tensor.Pass);

    /// <summary>An operation to set up and run in a pass.</summary>
    internal static TOp Take<TOp>(Pass pass) where TOp : Op, new()
    {
        TensorArena arena = pass.Arena;
        TOp op = arena.Take<TOp>();
        op._arena = arena;
        op._inputCount = op._outputCount = 0;
        return op;
    }

    internal Tensor Run(Shape shape)
    {
        DecideRecording();
        AddOutput(shape);
        CreateOutputs();
        return RunForward();
    }

    /// <summary>Runs with values of the input as output, in its memory: for operations that only name values anew.</summary>
    internal Tensor RunView(Shape shape, Tensor x, int start)
    {
        AddInput(x);
        DecideRecording();
        Append(ref _outputs, ref _outputCount, _arena!.CreateView(shape, X.Data + start, IsRecorded));
        return RunForward();
    }

    internal Tensor Run(Shape shape, Tensor x)
    {
        AddInput(x);
        return Run(shape);
    }

    internal Tensor Run(Shape shape, Tensor x, Tensor y)
    {
        AddInput(x);
        AddInput(y);
        return Run(shape);
    }

    internal Tensor Run(Shape shape, Tensor x, Tensor y, Tensor z)
    {
        AddInput(x);
        AddInput(y);
        AddInput(z);
        return Run(shape);
    }

    internal void BackwardIfReached()
    {
        for (int i = 0; i < _outputCount; i++)
        {
            if (!_outputs[i].HasGradient) continue;
            Backward();
            return;
        }
    }

    /// <summary>Computes the outputs from the inputs.</summary>
    protected abstract void Forward();

    /// <summary>Adds to the gradients of the inputs, from those of the outputs.</summary>
    protected abstract void Backward();

    /// <summary>Creates outputs behind the first by <see cref="AddOutput"/>; the default creates none.</summary>
    protected virtual void CreateOutputs()
    {
    }

    internal void AddInput(Tensor tensor)
    {
        TensorNode node = tensor.Node;
        if (node.Arena is { } arena && !ReferenceEquals(arena, _arena))
            throw new InvalidOperationException("The tensors of one operation belong to passes of different arenas; an operation works within one pass.");
        Append(ref _inputs, ref _inputCount, node);
    }

    protected TensorNode Input(int index) => _inputs[index];

    protected TensorNode OutputAt(int index) => _outputs[index];

    /// <summary>A further output.</summary>
    internal Tensor ResultAt(int index) => new(_outputs[index]);

    protected void AddOutput(Shape shape) => Append(ref _outputs, ref _outputCount, _arena!.Create(shape, IsRecorded));

    /// <summary>A further output that no gradient goes through.</summary>
    protected void AddConstant(Shape shape) => _outputs[_outputCount++] = _arena!.Create(shape, requiresGradient: false);

    /// <summary>Memory of the pass, for what the backward needs or for scratch.</summary>
    protected float* Allocate(long count) => _arena!.Allocate(count);

    /// <summary>Memory of the pass for whole numbers.</summary>
    protected int* AllocateIntegers(long count) => (int*)_arena!.Allocate(count);

    private static void Append(ref TensorNode[] nodes, ref int count, TensorNode node)
    {
        if (count == nodes.Length) Array.Resize(ref nodes, 2 * count);
        nodes[count++] = node;
    }

    private void DecideRecording()
    {
        bool requiresGradient = false;
        for (int i = 0; i < _inputCount; i++) requiresGradient |= _inputs[i].RequiresGradient;
        IsRecorded = requiresGradient && _arena!.IsTraining;
    }

    private Tensor RunForward()
    {
        Forward();
        if (IsRecorded) _arena!.Record(this);
        return new(Output);
    }
}
