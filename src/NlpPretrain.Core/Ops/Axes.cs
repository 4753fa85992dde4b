namespace NlpPretrain.Tensors;

/// <summary>A tensor as blocks along one of its axes: [outer, axis, inner].</summary>
internal readonly record struct Axes(int Axis, int Outer, int Inner)
{
    /// <summary>Finds an axis; negative ones count from the end.</summary>
    internal static Axes Of(Shape shape, int axis)
    {
        int index = axis < 0 ? axis + shape.Rank : axis;
        if ((uint)index >= (uint)shape.Rank)
            throw new ArgumentOutOfRangeException(nameof(axis), axis, $"The shape {shape} has the axes 0 to {shape.Rank - 1}, or −1 to −{shape.Rank} from its end.");

        int inner = 1;
        for (int i = index + 1; i < shape.Rank; i++) inner *= shape[i];
        return new(index, shape.Size / inner / shape[index], inner);
    }
}
