using System.Numerics.Tensors;

namespace NlpPretrain.Tensors;

/// <summary>A tensor of a <see cref="Tensors.Pass"/>, or of a <see cref="Parameter"/>: contiguous, row-major <see cref="float"/> values.</summary>
/// <remarks>
/// A handle of two words. The values belong to the pass that made them and are gone when it ends; a handle that outlives its pass throws when it is
/// used. Operations are the methods of this type, one file each in <c>Ops/</c>; each adds itself to the pass, which walks them backward for the gradients.
/// </remarks>
public readonly partial struct Tensor : IEquatable<Tensor>
{
    private readonly TensorNode? _node;
    private readonly long _generation;

    internal Tensor(TensorNode node) => (_node, _generation) = (node, node.Generation);

    internal TensorNode Node
    {
        get
        {
            if (_node is null) throw new InvalidOperationException("This tensor is empty (default); tensors come from Pass.Zeros, Pass.Copy, a Parameter or an operation.");
            if (_node.Generation != _generation || (_node.Arena is { } arena && arena.Generation != _generation)) throw Stale();
            return _node;
        }
    }

    /// <summary>The sizes of the axes.</summary>
    /// <exception cref="InvalidOperationException">The tensor's pass has ended.</exception>
    public Shape Shape => Node.Shape;

    /// <summary>The values, row-major.</summary>
    /// <exception cref="InvalidOperationException">The tensor's pass has ended.</exception>
    public Span<float> Data => Node.Values;

    /// <summary>Whether <see cref="Backward"/> computes a gradient for this tensor: it depends on a parameter.</summary>
    /// <exception cref="InvalidOperationException">The tensor's pass has ended.</exception>
    public bool RequiresGradient => Node.RequiresGradient;

    /// <summary>The gradient of the loss with respect to this tensor; empty where no gradient has reached it.</summary>
    /// <exception cref="InvalidOperationException">The tensor's pass has ended.</exception>
    public unsafe ReadOnlySpan<float> Gradient => Node.HasGradient ? new(Node.GradientOrNull, Node.Size) : default;

    /// <summary>The pass that the tensor belongs to.</summary>
    /// <exception cref="InvalidOperationException">The tensor is a parameter's, which belongs to no pass, or its pass has ended.</exception>
    public Pass Pass => Node.Arena is { } arena ? new(arena, _generation)
        : throw new InvalidOperationException($"The parameter '{Node.Parameter!.Name}' belongs to no pass; an operation needs at least one tensor of a pass.");

    /// <summary>The only value of a tensor of one value, such as a loss.</summary>
    /// <exception cref="InvalidOperationException">The tensor has more values, or its pass has ended.</exception>
    public float Item => Node.Size == 1 ? Node.Values[0] : throw new InvalidOperationException($"A tensor {Node.Shape} has {Node.Size} values; Item is for one (Data has all).");

    /// <summary>The values as the platform's tensor type, without a copy.</summary>
    /// <exception cref="InvalidOperationException">The tensor's pass has ended.</exception>
    public TensorSpan<float> AsTensorSpan()
    {
        Shape shape = Shape;
        Span<nint> lengths = stackalloc nint[shape.Rank];
        for (int axis = 0; axis < lengths.Length; axis++) lengths[axis] = shape[axis];
        return new TensorSpan<float>(Data, lengths);
    }

    /// <summary>Computes the gradients of every parameter and tensor that this loss depends on; parameters add them to what they have.</summary>
    /// <param name="scale">What the loss is multiplied by, such as one over the number of accumulated passes. Default 1.</param>
    /// <exception cref="InvalidOperationException">This is not one value, depends on no parameter, or its pass is for inference, has ended or was differentiated before.</exception>
    public void Backward(float scale = 1) => Pass.Arena.Backward(Node, scale);

    /// <summary>Whether both are the same tensor, not whether they have equal values.</summary>
    /// <param name="other">Another tensor.</param>
    public bool Equals(Tensor other) => ReferenceEquals(_node, other._node) && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_node, _generation);

    /// <summary>Whether both are the same tensor.</summary>
    /// <param name="left">A tensor.</param>
    /// <param name="right">A tensor.</param>
    public static bool operator ==(Tensor left, Tensor right) => left.Equals(right);

    /// <summary>Whether both are different tensors.</summary>
    /// <param name="left">A tensor.</param>
    /// <param name="right">A tensor.</param>
    public static bool operator !=(Tensor left, Tensor right) => !left.Equals(right);

    private static InvalidOperationException Stale() =>
        new("This tensor belongs to a pass that has ended; copy what must outlive the pass (Tensor.Data) before the pass is disposed of.");
}
