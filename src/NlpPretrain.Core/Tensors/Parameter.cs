using System.Runtime.InteropServices;

namespace NlpPretrain.Tensors;

/// <summary>Values that training changes, with their gradient. A <see cref="Layers.Layer"/> creates, names and registers them.</summary>
/// <remarks>Gradients add up over passes until <see cref="ZeroGradient"/>; an optimizer does that after its step.</remarks>
public sealed unsafe class Parameter
{
    private const int Alignment = 64, LineFloats = Alignment / sizeof(float);

    private readonly TensorNode _node = new();
    private readonly float[] _memory;

    /// <summary>Creates a parameter of zeros.</summary>
    /// <param name="name">Its name; layers put theirs before it.</param>
    /// <param name="shape">Its shape.</param>
    public Parameter(string name, Shape shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;

        // Values and gradient in one array, each on a cache line of its own.
        int padded = checked((shape.Size + LineFloats - 1) / LineFloats * LineFloats);
        _memory = GC.AllocateArray<float>(checked(2 * padded + LineFloats), pinned: true);
        nint address = (Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) + (Alignment - 1)) & ~(nint)(Alignment - 1);
        _node.Become(this, shape, (float*)address, (float*)address + padded);
    }

    /// <summary>The name, as published checkpoints of the model have it.</summary>
    public string Name { get; internal set; }

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape => _node.Shape;

    /// <summary>The values, row-major.</summary>
    public Span<float> Data => _node.Values;

    /// <summary>The gradient: the sum over the passes since <see cref="ZeroGradient"/>; empty where no pass has reached this parameter.</summary>
    public ReadOnlySpan<float> Gradient => _node.HasGradient ? new(_node.GradientOrNull, _node.Size) : default;

    /// <summary>Whether the gradient is zero outside <see cref="TouchedRows"/>: only embeddings have added to it, so an optimizer may skip all other rows.</summary>
    public bool IsGradientSparse => _node.IsGradientSparse;

    /// <summary>The rows that embeddings have added to since <see cref="ZeroGradient"/>, each once, in the order of their first use; empty where the gradient is not sparse.</summary>
    /// <remarks>
    /// <see cref="Gradient"/> has all rows either way. An operation that writes the whole gradient, such as a projection tied to the embedding, makes it
    /// dense until the next <see cref="ZeroGradient"/>, which clears these rows only.
    /// </remarks>
    public ReadOnlySpan<int> TouchedRows => _node.TouchedRows;

    /// <summary>Whether training changes this parameter. Default true; false freezes it: no gradient is computed for it.</summary>
    public bool IsTrainable
    {
        get => _node.RequiresGradient;
        set
        {
            _node.RequiresGradient = value;
            if (value) Bfloat16 = null;                                     // training would leave it behind
        }
    }

    /// <summary>The values once more as bfloat16, for products of few rows without a backward; or null.</summary>
    internal Bfloat16Matrix? Bfloat16 { get; private set; }

    internal TensorNode Node => _node;

    /// <summary>Forgets the gradient; the next pass starts it anew.</summary>
    public void ZeroGradient() => _node.ForgetGradient();

    /// <summary>Rounds the values of a matrix to bfloat16, and freezes it: generation then reads half the bytes.</summary>
    /// <remarks>
    /// To nearest, ties to even: 8 bits of a mantissa are left. The values stay here as <see cref="float"/> too, for everything but <see cref="Tensor.Linear"/>
    /// of up to four rows in an inference pass, which reads its own copy of half their size, with the same bits as a product of the rounded values has.
    /// Values that are written later are not seen by it; <see cref="IsTrainable"/> set to true gives it up.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The parameter is not a matrix.</exception>
    public void RoundToBfloat16()
    {
        if (Shape.Rank != 2) throw new InvalidOperationException($"The parameter '{Name}' is {Shape}; only matrices are kept as bfloat16.");

        foreach (ref float value in Data) value = Bfloat16Matrix.Round(value);
        Bfloat16 = new(Shape[0], Shape[1], Data);
        IsTrainable = false;
    }

    /// <summary>The parameter as an input of operations.</summary>
    public Tensor AsTensor() => new(_node);

    /// <summary>The parameter as an input of operations.</summary>
    /// <param name="parameter">The parameter.</param>
    public static implicit operator Tensor(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.AsTensor();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Shape}";
}
