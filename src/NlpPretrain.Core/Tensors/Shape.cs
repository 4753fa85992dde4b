using System.Globalization;

namespace NlpPretrain.Tensors;

/// <summary>The sizes of a tensor's axes, outermost first: one to four axes, the last one contiguous in memory.</summary>
/// <remarks>Letters used throughout: B batch, T time, C width, H heads, V vocabulary, D embedding, N cells, P projection.</remarks>
public readonly record struct Shape
{
    private readonly int _first, _second, _third, _fourth;

    /// <summary>One axis.</summary>
    /// <param name="size">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public Shape(int size)
        : this(1, size, 1, 1, 1)
    {
    }

    /// <summary>Two axes: [rows, columns].</summary>
    /// <param name="first">At least 1.</param>
    /// <param name="second">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the tensor has more than 2³¹ − 1 values.</exception>
    public Shape(int first, int second)
        : this(2, first, second, 1, 1)
    {
    }

    /// <summary>Three axes.</summary>
    /// <param name="first">At least 1.</param>
    /// <param name="second">At least 1.</param>
    /// <param name="third">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the tensor has more than 2³¹ − 1 values.</exception>
    public Shape(int first, int second, int third)
        : this(3, first, second, third, 1)
    {
    }

    /// <summary>Four axes.</summary>
    /// <param name="first">At least 1.</param>
    /// <param name="second">At least 1.</param>
    /// <param name="third">At least 1.</param>
    /// <param name="fourth">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the tensor has more than 2³¹ − 1 values.</exception>
    public Shape(int first, int second, int third, int fourth)
        : this(4, first, second, third, fourth)
    {
    }

    private Shape(int rank, int first, int second, int third, int fourth)
    {
        (Rank, _first, _second, _third, _fourth) = (rank, first, second, third, fourth);
        if (Math.Min(Math.Min(first, second), Math.Min(third, fourth)) < 1)
            throw new ArgumentOutOfRangeException(nameof(first), $"The shape {this} has a size below 1; every axis has at least one value.");

        Int128 size = (Int128)first * second * third * fourth;
        if (size > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(first), $"The shape {this} has {size.ToString(CultureInfo.InvariantCulture)} values; one tensor holds at most {int.MaxValue}.");
        Size = (int)size;
    }

    /// <summary>Number of axes, 1 to 4.</summary>
    public int Rank { get; }

    /// <summary>Number of values.</summary>
    public int Size { get; }

    /// <summary>Size of the last axis.</summary>
    public int Columns => this[Rank - 1];

    /// <summary>Product of all sizes but the last: a tensor is this many rows of <see cref="Columns"/> values.</summary>
    public int Rows => Size / Columns;

    /// <summary>Size of one axis.</summary>
    /// <param name="axis">0 to <see cref="Rank"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shape has no such axis.</exception>
    public int this[int axis]
    {
        get
        {
            if ((uint)axis >= (uint)Rank) throw new ArgumentOutOfRangeException(nameof(axis), axis, $"The shape {this} has the axes 0 to {Rank - 1}.");
            return axis switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth };
        }
    }

    /// <summary>This shape with another last axis.</summary>
    /// <param name="columns">The new size, at least 1.</param>
    public Shape WithColumns(int columns) => Rank switch
    {
        1 => new(columns),
        2 => new(_first, columns),
        3 => new(_first, _second, columns),
        _ => new(_first, _second, _third, columns),
    };

    /// <summary>This shape with another size of one axis.</summary>
    internal Shape With(int axis, int size) => axis == Rank - 1
        ? WithColumns(size)
        : Rank switch
        {
            2 => new(size, _second),
            3 => new(axis == 0 ? size : _first, axis == 1 ? size : _second, _third),
            _ => new(axis == 0 ? size : _first, axis == 1 ? size : _second, axis == 2 ? size : _third, _fourth),
        };

    /// <summary>This shape without its last axis; [1] where it was the only one.</summary>
    internal Shape WithoutColumns() => Rank switch
    {
        1 => new(1),
        2 => new(_first),
        3 => new(_first, _second),
        _ => new(_first, _second, _third),
    };

    /// <summary>The sizes in brackets, as the comments in this library write them: [12, 64, 128].</summary>
    public override string ToString() => Rank switch
    {
        0 => "[]",
        1 => string.Create(CultureInfo.InvariantCulture, $"[{_first}]"),
        2 => string.Create(CultureInfo.InvariantCulture, $"[{_first}, {_second}]"),
        3 => string.Create(CultureInfo.InvariantCulture, $"[{_first}, {_second}, {_third}]"),
        _ => string.Create(CultureInfo.InvariantCulture, $"[{_first}, {_second}, {_third}, {_fourth}]"),
    };
}
