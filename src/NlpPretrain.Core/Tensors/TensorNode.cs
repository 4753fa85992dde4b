namespace NlpPretrain.Tensors;

/// <summary>What a <see cref="Tensor"/> refers to: its values, and its gradient once something asked for it. Nodes of a pass are used again by the next.</summary>
internal sealed unsafe class TensorNode
{
    private float* _gradient;
    private bool _hasGradient, _isZeroOutsideRows = true;
    private TouchedRows? _touched;

    /// <summary>The arena whose pass the tensor belongs to; null for a parameter.</summary>
    internal TensorArena? Arena { get; private set; }

    /// <summary>The pass of the arena that the tensor belongs to; 0 for a parameter, which never becomes stale.</summary>
    internal long Generation { get; private set; }

    internal Parameter? Parameter { get; private set; }

    internal Shape Shape { get; private set; }

    internal int Size => Shape.Size;

    internal int Rows => Shape.Rows;

    internal int Columns => Shape.Columns;

    internal float* Data { get; private set; }

    internal Span<float> Values => new(Data, Size);

    /// <summary>Whether a gradient is wanted; an op leaves the gradients of other inputs alone.</summary>
    internal bool RequiresGradient { get; set; }

    /// <summary>Whether something has added to the gradient.</summary>
    internal bool HasGradient => _hasGradient;

    /// <summary>The gradient so far, zeros at first: for adding to it.</summary>
    internal float* Gradient
    {
        get
        {
            float* gradient = GradientToWrite(out bool isThere);
            if (!isThere) new Span<float>(gradient, Size).Clear();
            return gradient;
        }
    }

    internal Span<float> GradientValues => new(Gradient, Size);

    /// <summary>The gradient for an op that writes every value of it: adding where <paramref name="accumulate"/>, else overwriting what is there.</summary>
    internal float* GradientToWrite(out bool accumulate)
    {
        accumulate = _hasGradient;
        if (_gradient == null) _gradient = Arena!.Allocate(Size);
        _hasGradient = true;
        _isZeroOutsideRows = false;
        return _gradient;
    }

    /// <summary>Whether only some rows of a parameter's gradient were added to: <see cref="TouchedRows"/>; every other row is zeros.</summary>
    internal bool IsGradientSparse => _hasGradient && _isZeroOutsideRows;

    /// <summary>The rows that were added to, in the order of their first use, where the gradient is sparse.</summary>
    internal ReadOnlySpan<int> TouchedRows => IsGradientSparse ? _touched!.Rows : default;

    /// <summary>For every row whether it was added to, where the gradient is sparse; else empty.</summary>
    internal ReadOnlySpan<bool> IsRowTouched => IsGradientSparse ? _touched!.IsTouched : default;

    /// <summary>The gradient, zeros at first, for an op that adds to these rows only; a parameter remembers which, unless another op wrote all.</summary>
    internal float* GradientOfRows(ReadOnlySpan<int> rows)
    {
        if (Parameter is null || (_hasGradient && !_isZeroOutsideRows)) return Gradient;

        if (!_hasGradient && !_isZeroOutsideRows) new Span<float>(_gradient, Size).Clear();
        (_hasGradient, _isZeroOutsideRows) = (true, true);
        (_touched ??= new TouchedRows(Rows)).Add(rows);
        return _gradient;
    }

    /// <summary>The gradient as it is, or null where nothing has reached it.</summary>
    internal float* GradientOrNull => _hasGradient ? _gradient : null;

    internal void Become(TensorArena arena, long generation, Shape shape, float* data, bool requiresGradient)
    {
        (Arena, Generation, Shape, RequiresGradient) = (arena, generation, shape, requiresGradient);
        Data = data;
        _gradient = null;
        _hasGradient = false;
    }

    internal void Become(Parameter parameter, Shape shape, float* data, float* gradient)
    {
        (Parameter, Shape, RequiresGradient) = (parameter, shape, true);
        Data = data;
        _gradient = gradient;
    }

    /// <summary>Forgets the gradient; of a sparse one, clears the rows that were touched, so that the memory is zeros again.</summary>
    internal void ForgetGradient()
    {
        foreach (int row in TouchedRows) new Span<float>(_gradient + (long)row * Columns, Columns).Clear();
        _touched?.Clear();
        _hasGradient = false;
    }
}
