using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Goldens;

/// <summary>A file that tests/goldens/make.py wrote: inputs, and values and gradients in double precision.</summary>
internal sealed class GoldenFile
{
    private readonly byte[] _file;
    private readonly JsonElement _header;
    private readonly int _dataStart;

    private GoldenFile(string name)
    {
        Name = name;
        _file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "goldens", name + ".safetensors"));
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(_file);
        _header = JsonDocument.Parse(_file.AsMemory(8, length)).RootElement;
        _dataStart = 8 + length;
    }

    internal string Name { get; }

    internal static GoldenFile Open(string name) => new(name);

    internal float[] Singles(string tensor) => MemoryMarshal.Cast<byte, float>(Bytes(tensor, "F32")).ToArray();

    internal double[] Doubles(string tensor) => MemoryMarshal.Cast<byte, double>(Bytes(tensor, "F64")).ToArray();

    internal int[] Integers(string tensor) => MemoryMarshal.Cast<byte, int>(Bytes(tensor, "I32")).ToArray();

    internal Shape ShapeOf(string tensor)
    {
        int[] sizes = [.. _header.GetProperty(tensor).GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
        return sizes.Length switch { 1 => new(sizes[0]), 2 => new(sizes[0], sizes[1]), 3 => new(sizes[0], sizes[1], sizes[2]), _ => new(sizes[0], sizes[1], sizes[2], sizes[3]) };
    }

    /// <summary>PyTorch's own error in single precision, relative by norm.</summary>
    internal double ErrorOfPyTorch(string tensor) =>
        double.Parse(_header.GetProperty("__metadata__").GetProperty(tensor).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private ReadOnlySpan<byte> Bytes(string tensor, string type)
    {
        JsonElement entry = _header.GetProperty(tensor);
        entry.GetProperty("dtype").GetString().Should().Be(type);
        int start = entry.GetProperty("data_offsets")[0].GetInt32(), end = entry.GetProperty("data_offsets")[1].GetInt32();
        return _file.AsSpan(_dataStart + start, end - start);
    }
}
