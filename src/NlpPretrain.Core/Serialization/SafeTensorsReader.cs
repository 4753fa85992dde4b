using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NlpPretrain.Tensors;

namespace NlpPretrain.Serialization;

/// <summary>Reads a file in the safetensors format.</summary>
/// <remarks>
/// The whole header is checked when the file is opened: its length against the file's, its JSON, and that the tensors cover the data
/// without a hole or an overlap. Values are read when they are asked for, without mapping the file, and are not checked: they may be
/// infinite or not a number. Several threads may read at once.
/// </remarks>
public sealed class SafeTensorsReader : IDisposable
{
    private const int ChunkLength = 1 << 16;

    private readonly SafeFileHandle _file;
    private readonly SafeTensorsHeader _header;

    private SafeTensorsReader(string path, SafeFileHandle file, SafeTensorsHeader header)
    {
        (Path, _file, _header) = (path, file, header);
        var inOrder = header.Tensors.Values.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Name, StringComparer.Ordinal);
        Tensors = Array.AsReadOnly([.. inOrder]);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafeTensorInfo> Tensors { get; }

    /// <summary>The names and values that were written with the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>What the header says of one tensor.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="ModelFormatException">The file has no such tensor.</exception>
    public SafeTensorInfo this[string name] => _header.Tensors.TryGetValue(name, out SafeTensorInfo? tensor)
        ? tensor
        : throw new ModelFormatException(Path, "header", $"a tensor {SafeTensorsHeader.Quote(name)}", DescribeNames());

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">The file is not a whole, well-formed safetensors file.</exception>
    /// <exception cref="IOException">The file is absent or cannot be read.</exception>
    public static SafeTensorsReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeFileHandle file = File.OpenHandle(path);
        try
        {
            return new SafeTensorsReader(path, file, ReadHeader(path, file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file has a tensor of that name.</summary>
    /// <param name="name">The tensor's name.</param>
    public bool Contains(string name) => _header.Tensors.ContainsKey(name);

    /// <summary>What the header says of a tensor that must have a known shape.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The shape that the model needs.</param>
    /// <exception cref="ModelFormatException">The file has no such tensor, or it has another shape.</exception>
    public SafeTensorInfo Require(string name, params ReadOnlySpan<long> shape)
    {
        SafeTensorInfo tensor = this[name];
        long[] found = [.. tensor.Shape];
        if (shape.SequenceEqual(found)) return tensor;
        throw Wrong(tensor, "shape", SafeTensorsHeader.Describe(shape), SafeTensorsHeader.Describe(found));
    }

    /// <summary>Reads all values of a tensor, in row-major order.</summary>
    /// <param name="name">The tensor's name; its type must be F32, F16 or BF16.</param>
    /// <param name="destination">As many values as the tensor has.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="ModelFormatException">The file has no such tensor, it has another type, or the file became shorter.</exception>
    public void Read(string name, Span<float> destination)
    {
        SafeTensorInfo tensor = this[name];
        if (destination.Length != tensor.Count)
        {
            throw new ArgumentException(
                $"The destination has {destination.Length} values; tensor {SafeTensorsHeader.Quote(name)} has {tensor.Count}.", nameof(destination));
        }

        Read(name, 0, destination);
    }

    /// <summary>Reads some values of a tensor, for one that is larger than a span can be.</summary>
    /// <param name="name">The tensor's name; its type must be F32, F16 or BF16.</param>
    /// <param name="first">Number of the first value, counted from 0 in row-major order.</param>
    /// <param name="destination">As many values as are wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has no such values.</exception>
    /// <exception cref="ModelFormatException">The file has no such tensor, it has another type, or the file became shorter.</exception>
    public void Read(string name, long first, Span<float> destination)
    {
        SafeTensorInfo tensor = this[name];
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, tensor.Count - destination.Length);
        RequireReadable(tensor);

        if (tensor.Type == "F32") ReadSingles(tensor, first, destination);
        else ReadHalves(tensor, first, destination);
    }

    /// <summary>Reads a tensor of two dimensions.</summary>
    /// <param name="name">The tensor's name; its type must be F32, F16 or BF16.</param>
    /// <exception cref="ModelFormatException">
    /// The file has no such tensor, it has another type or number of dimensions, or it is too large for one matrix.
    /// </exception>
    public Matrix ReadMatrix(string name)
    {
        SafeTensorInfo tensor = this[name];
        if (tensor.Shape is not [long rows, long columns] || columns < 1 || !FitsMatrix(rows, columns))
        {
            throw Wrong(tensor, "shape",
                $"[rows, columns] with at least 1 column and, padded to {Matrix.RowAlignment}, at most {Array.MaxLength} values",
                SafeTensorsHeader.Describe([.. tensor.Shape]));
        }

        RequireReadable(tensor);

        var matrix = new Matrix((int)rows, (int)columns);
        int rowsAtOnce = Math.Max(1, ChunkLength / matrix.Columns);
        if (rowsAtOnce == 1)
        {
            for (int row = 0; row < matrix.Rows; row++) Read(name, (long)row * matrix.Columns, matrix[row]);
            return matrix;
        }

        float[] chunk = ArrayPool<float>.Shared.Rent(rowsAtOnce * matrix.Columns);
        for (int start = 0; start < matrix.Rows; start += rowsAtOnce)
        {
            int count = Math.Min(rowsAtOnce, matrix.Rows - start);
            Read(name, (long)start * matrix.Columns, chunk.AsSpan(0, count * matrix.Columns));
            for (int row = 0; row < count; row++) chunk.AsSpan(row * matrix.Columns, matrix.Columns).CopyTo(matrix[start + row]);
        }

        ArrayPool<float>.Shared.Return(chunk);
        return matrix;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static SafeTensorsHeader ReadHeader(string path, SafeFileHandle file)
    {
        long fileLength = RandomAccess.GetLength(file);
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (fileLength < prefix.Length)
            throw new ModelFormatException(path, "header length", "8 bytes", $"a file of {fileLength}", 0);

        ReadExactly(path, file, prefix, 0, "header length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long most = Math.Min(fileLength - prefix.Length, SafeTensorsHeader.MaxLength);
        if (length > (ulong)most)
        {
            throw new ModelFormatException(path, "header length", $"at most {most} bytes in a file of {fileLength}", $"{length}", 0);
        }

        byte[] header = new byte[(int)length];
        ReadExactly(path, file, header, prefix.Length, "header");
        return SafeTensorsHeader.Parse(path, header, fileLength - prefix.Length - header.Length);
    }

    private static bool FitsMatrix(long rows, long columns)
    {
        if (rows > Array.MaxLength || columns > Array.MaxLength - 2 * Matrix.RowAlignment) return false;
        long stride = (columns + Matrix.RowAlignment - 1) / Matrix.RowAlignment * Matrix.RowAlignment;
        return rows * stride + Matrix.RowAlignment <= Array.MaxLength;
    }

    private static void ReadExactly(string path, SafeFileHandle file, Span<byte> destination, long offset, string field)
    {
        while (!destination.IsEmpty)
        {
            int count = RandomAccess.Read(file, destination, offset);
            if (count == 0)
                throw new ModelFormatException(path, field, $"{destination.Length} more bytes", "the end of the file", offset);
            offset += count;
            destination = destination[count..];
        }
    }

    private void ReadExactly(Span<byte> destination, SafeTensorInfo tensor, long offset) =>
        ReadExactly(Path, _file, destination, tensor.Offset + offset, $"tensor {SafeTensorsHeader.Quote(tensor.Name)}");

    private void RequireReadable(SafeTensorInfo tensor)
    {
        if (!ElementTypes.IsReadable(tensor.Type)) throw Wrong(tensor, "dtype", ElementTypes.Readable, tensor.Type);
    }

    private ModelFormatException Wrong(SafeTensorInfo tensor, string field, string expected, string found) =>
        new(Path, $"tensor {SafeTensorsHeader.Quote(tensor.Name)}, {field}", expected, found, tensor.Offset);

    private void ReadSingles(SafeTensorInfo tensor, long first, Span<float> destination)
    {
        // The bytes of a long span are more than one span of bytes can be.
        const int Most = 1 << 28;
        for (int start = 0; start < destination.Length; start += Most)
        {
            Span<float> part = destination.Slice(start, Math.Min(Most, destination.Length - start));
            ReadExactly(MemoryMarshal.AsBytes(part), tensor, (first + start) * sizeof(float));
            ElementTypes.FromLittleEndian(part);
        }
    }

    private void ReadHalves(SafeTensorInfo tensor, long first, Span<float> destination)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkLength * sizeof(ushort));
        for (int start = 0; start < destination.Length; start += ChunkLength)
        {
            Span<float> part = destination.Slice(start, Math.Min(ChunkLength, destination.Length - start));
            Span<byte> bytes = buffer.AsSpan(0, part.Length * sizeof(ushort));
            ReadExactly(bytes, tensor, (first + start) * sizeof(ushort));
            ElementTypes.Widen(tensor.Type, bytes, part);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private string DescribeNames()
    {
        const int Most = 8;
        if (Tensors.Count == 0) return "no tensor";
        string names = string.Join(", ", Tensors.Take(Most).Select(tensor => SafeTensorsHeader.Quote(tensor.Name)));
        return Tensors.Count <= Most ? names : $"{names} and {Tensors.Count - Most} more";
    }
}
