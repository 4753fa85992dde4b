using PureHDF;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>A dataset that will be written.</summary>
/// <param name="Name">Its name, with the groups that it is in: "CNN/W_cnn_0".</param>
/// <param name="Shape">Its axes.</param>
internal sealed record Hdf5Entry(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>The number of values.</summary>
    internal int Size => Shape.Aggregate(1, (size, axis) => checked(size * axis));
}

/// <summary>Writes an HDF5 file of float32 datasets, whose shapes are known before the first value.</summary>
internal sealed class Hdf5Writer : IDisposable
{
    private readonly H5NativeWriter _writer;
    private readonly H5Dataset<float[]>[] _datasets;

    private Hdf5Writer(string path, IReadOnlyList<Hdf5Entry> entries)
    {
        H5File file = [];
        _datasets = new H5Dataset<float[]>[entries.Count];
        for (int i = 0; i < _datasets.Length; i++)
        {
            string[] parts = entries[i].Name.Split('/');
            H5Group group = file;
            foreach (string part in parts.AsSpan(0, parts.Length - 1))
            {
                if (!group.ContainsKey(part)) group[part] = new H5Group();
                group = (H5Group)group[part];
            }

            ulong[] shape = [.. entries[i].Shape.Select(axis => (ulong)axis)];
            group[parts[^1]] = _datasets[i] = new H5Dataset<float[]>(fileDims: shape);
        }

        _writer = file.BeginWrite(path);
    }

    /// <summary>Writes a file beside the target, and puts it in its place once it is whole.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="entries">All datasets.</param>
    /// <param name="write">Writes the values of each.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal static void Write(string path, IReadOnlyList<Hdf5Entry> entries, Action<Hdf5Writer> write)
    {
        string unfinished = $"{path}.{Guid.NewGuid():N}.unfinished";
        try
        {
            using (Hdf5Writer writer = new(unfinished, entries)) write(writer);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Writes the values of a dataset, once.</summary>
    /// <param name="entry">Its place among all entries.</param>
    /// <param name="values">As many as its shape has, row-major.</param>
    internal void Write(int entry, float[] values) => _writer.Write(_datasets[entry], values);

    public void Dispose() => _writer.Dispose();
}
