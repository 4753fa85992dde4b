namespace NlpPretrain.Gpt;

/// <summary>Flat arrays in several files, read from the first value to the last as if they were one.</summary>
internal sealed class NpyParts : IDisposable
{
    private readonly List<NpyFile> _files = [];
    private int _file;
    private long _place;

    internal NpyParts(IEnumerable<string> paths)
    {
        try
        {
            foreach (string path in paths) _files.Add(NpyFile.Open(path));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Number of values in all files.</summary>
    internal Int128 Count => _files.Aggregate((Int128)0, (sum, file) => sum + file.Count);

    /// <summary>The next values; a caller asks for no more than there are.</summary>
    internal void Read(Span<float> values)
    {
        while (!values.IsEmpty)
        {
            NpyFile file = _files[_file];
            int count = (int)Math.Min(values.Length, file.Count - _place);
            file.Read(_place, values[..count]);
            values = values[count..];
            _place += count;
            if (_place == file.Count) (_file, _place) = (_file + 1, 0);
        }
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());
}
