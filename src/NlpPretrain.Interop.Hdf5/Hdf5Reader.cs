using System.Reflection;
using NlpPretrain.Serialization;
using PureHDF;
using PureHDF.VOL.Native;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>The datasets of an HDF5 file. Whatever is wrong with the file is a <see cref="ModelFormatException"/>.</summary>
internal sealed class Hdf5Reader : IDisposable
{
    private const int MostDepth = 16, MostObjects = 100_000;

    private readonly GuardedStream _stream;
    private readonly NativeFile _file;
    private readonly Dictionary<string, NativeDataset> _datasets = new(StringComparer.Ordinal);
    private int _objects;

    private Hdf5Reader(string path)
    {
        Path = path;
        _stream = new GuardedStream(path);
        try
        {
            StructureCheck.Run(path);
            _file = H5File.Open(_stream, leaveOpen: true);
            Collect(_file, "", 0);
        }
        catch (Exception cause) when (IsOfContent(cause))
        {
            _stream.Dispose();
            throw Wrong("HDF5", "a well-formed HDF5 file", cause);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    internal string Path { get; }

    /// <summary>Length of the file in bytes.</summary>
    internal long Length => _stream.Length;

    /// <summary>Names of all datasets, with the groups that they are in: "CNN/W_cnn_0".</summary>
    internal IEnumerable<string> Names => _datasets.Keys;

    /// <summary>Opens a file and finds its datasets.</summary>
    /// <exception cref="ModelFormatException">It is no HDF5 file, or a malformed one.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    internal static Hdf5Reader Open(string path) => new(path);

    /// <summary>The axes of a dataset; null where there is none of that name.</summary>
    internal IReadOnlyList<ulong>? ShapeOf(string name) => _datasets.TryGetValue(name, out NativeDataset? dataset) ? dataset.Space.Dimensions : null;

    /// <summary>What keeps a dataset's values from being read, in words; null where nothing does.</summary>
    internal string? ObstacleOf(string name)
    {
        NativeDataset dataset = _datasets[name];
        if (dataset.Type is not { Class: H5DataTypeClass.FloatingPoint, Size: sizeof(float) }) return $"{name} has {dataset.Type.Size}-byte values of the kind {dataset.Type.Class}, expected 4-byte floats";
        if (dataset.Layout.Class is not (H5DataLayoutClass.Contiguous or H5DataLayoutClass.Compact)) return $"{name} is stored {dataset.Layout.Class}, expected in one piece (h5repack -l CONTI makes it so)";
        return null;
    }

    /// <summary>Reads all values of a dataset, which the caller has found to be as many as there is room for.</summary>
    /// <exception cref="ModelFormatException">The values are not in this file, or not all of them.</exception>
    internal void Read(string name, Span<float> values)
    {
        long bytes = (long)sizeof(float) * values.Length, before = _stream.BytesRead;
        NativeDataset dataset = _datasets[name];
        bool isCompact = dataset.Layout.Class == H5DataLayoutClass.Compact;                      // such values came with the header
        _stream.Allow(bytes);
        try
        {
            dataset.Read(values);
        }
        catch (Exception cause) when (IsOfContent(cause))
        {
            throw Wrong($"dataset '{name}'", $"{bytes} bytes of values", cause);
        }

        if (!isCompact && _stream.BytesRead - before < bytes)
            throw new ModelFormatException(Path, $"dataset '{name}'", "its values in this file", "a reference to another file, or none");
    }

    public void Dispose()
    {
        _file.Dispose();
        _stream.Dispose();
    }

    private void Collect(NativeGroup group, string prefix, int depth)
    {
        if (depth > MostDepth) throw new InvalidDataException($"groups more than {MostDepth} deep");
        foreach (IH5Object child in group.Children())
        {
            if (++_objects > MostObjects) throw new InvalidDataException($"more than {MostObjects} objects");
            string name = prefix + child.Name;
            if (child is NativeDataset dataset) _datasets.TryAdd(name, dataset);
            else if (child is NativeGroup inner) Collect(inner, name + "/", depth + 1);
        }
    }

    // PureHDF throws whatever its parser stumbles over; what the file system throws stays as it is.
    private static bool IsOfContent(Exception exception) => exception is not (IOException or UnauthorizedAccessException) || exception is EndOfStreamException;

    private ModelFormatException Wrong(string field, string expected, Exception cause)
    {
        Exception inner = cause;
        while (inner is TargetInvocationException or AggregateException && inner.InnerException is { } next) inner = next;
        return new ModelFormatException(Path, field, expected, inner.Message.TrimEnd('.'), innerException: cause);
    }
}
