using NlpPretrain.Initialization;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

/// <summary>One forward computation, and for training its backward: it owns every tensor made in it, and all are gone at once when it is disposed of.</summary>
/// <remarks>
/// <code>
/// using Pass pass = Pass.Training(arena, seed, step);
/// Tensor loss = model.Loss(pass, batch);
/// loss.Backward();
/// optimizer.Step(rate);
/// </code>
/// A handle of two words; an arena has one pass at a time. In a steady loop a pass allocates nothing: it finds the memory, tensors and operations of the one before.
/// </remarks>
public readonly struct Pass : IDisposable, IEquatable<Pass>
{
    private const ulong DropoutStream = 0x44726F70;

    private readonly TensorArena? _arena;
    private readonly long _generation;

    internal Pass(TensorArena arena, long generation) => (_arena, _generation) = (arena, generation);

    /// <summary>Begins a pass that keeps what its backward needs, and in which dropout drops.</summary>
    /// <param name="arena">Where its tensors live; free, with no other pass.</param>
    /// <param name="seed">Seed of the dropout masks.</param>
    /// <param name="step">The step of the run: masks depend on (seed, step, place in the pass) alone.</param>
    /// <exception cref="InvalidOperationException">The arena has a pass that was not disposed of.</exception>
    public static Pass Training(TensorArena arena, ulong seed = 0, ulong step = 0)
    {
        ArgumentNullException.ThrowIfNull(arena);
        return arena.Begin(isTraining: true, seed, step);
    }

    /// <summary>Begins a pass that computes forward only: nothing is kept for a backward, and dropout passes its input on.</summary>
    /// <param name="arena">Where its tensors live; free, with no other pass.</param>
    /// <exception cref="InvalidOperationException">The arena has a pass that was not disposed of.</exception>
    public static Pass Inference(TensorArena arena)
    {
        ArgumentNullException.ThrowIfNull(arena);
        return arena.Begin(isTraining: false, 0, 0);
    }

    /// <summary>Whether this is a training pass.</summary>
    public bool IsTraining => Arena.IsTraining;

    /// <summary>The threads that compute.</summary>
    internal Workers Workers => Arena.Workers;

    internal TensorArena Arena => _arena is { } arena && arena.Generation == _generation ? arena
        : throw new InvalidOperationException("This pass has ended or was never begun; begin one with Pass.Training or Pass.Inference.");

    /// <summary>A tensor of zeros, a constant to differentiation.</summary>
    /// <param name="shape">Its shape.</param>
    public Tensor Zeros(Shape shape)
    {
        TensorNode node = Arena.Create(shape, requiresGradient: false);
        node.Values.Clear();
        return new(node);
    }

    /// <summary>A tensor of given values, a constant to differentiation.</summary>
    /// <param name="values">As many as the shape has, row-major.</param>
    /// <param name="shape">Its shape.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than the shape has.</exception>
    public Tensor Copy(ReadOnlySpan<float> values, Shape shape)
    {
        if (values.Length != shape.Size) throw new ArgumentException($"{values.Length} values were given for the shape {shape}, which has {shape.Size}.", nameof(values));

        TensorNode node = Arena.Create(shape, requiresGradient: false);
        values.CopyTo(node.Values);
        return new(node);
    }

    /// <summary>A tensor of given values whose gradient is wanted: for gradient checks and for gradients with respect to an input.</summary>
    /// <param name="values">As many as the shape has, row-major.</param>
    /// <param name="shape">Its shape.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than the shape has.</exception>
    public Tensor Variable(ReadOnlySpan<float> values, Shape shape)
    {
        Tensor tensor = Copy(values, shape);
        tensor.Node.RequiresGradient = Arena.IsTraining;
        return tensor;
    }

    /// <summary>Numbers for the next dropout of this pass.</summary>
    internal RandomStream NextRandom() => new(Arena.Seed, DropoutStream + Arena.NextRandomIndex(), Arena.Step);

    /// <summary>Ends the pass: its tensors may not be used any more.</summary>
    public void Dispose()
    {
        if (_arena is { } arena && arena.Generation == _generation) arena.End();
    }

    /// <inheritdoc/>
    public bool Equals(Pass other) => ReferenceEquals(_arena, other._arena) && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Pass other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_arena, _generation);

    /// <summary>Whether both are the same pass.</summary>
    /// <param name="left">A pass.</param>
    /// <param name="right">A pass.</param>
    public static bool operator ==(Pass left, Pass right) => left.Equals(right);

    /// <summary>Whether both are different passes.</summary>
    /// <param name="left">A pass.</param>
    /// <param name="right">A pass.</param>
    public static bool operator !=(Pass left, Pass right) => !left.Equals(right);
}
