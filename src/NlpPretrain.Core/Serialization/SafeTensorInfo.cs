namespace NlpPretrain.Serialization;

/// <summary>What the header of a safetensors file says of one tensor.</summary>
public sealed class SafeTensorInfo
{
    internal SafeTensorInfo(string name, string type, long[] shape, long count, long offset, long length) =>
        (Name, Type, Shape, Count, Offset, Length) = (name, type, Array.AsReadOnly(shape), count, offset, length);

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The format's name of the element type ("dtype"): "F32", "BF16", "I64".</summary>
    public string Type { get; }

    /// <summary>The size of each dimension; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Where the tensor's data starts in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>The size of the tensor's data, in bytes.</summary>
    public long Length { get; }
}
