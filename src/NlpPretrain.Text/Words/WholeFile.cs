namespace NlpPretrain.Text;

/// <summary>Files that are read or written in whole.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the target and renames at the end, so that a run that is cut off leaves no half file under its name.</summary>
    internal static void Write(string path, Action<Stream> write)
    {
        string beside = path + ".writing";
        try
        {
            using (FileStream stream = new(beside, FileMode.Create, FileAccess.Write)) write(stream);
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    internal static T Read<T>(string path, Func<Stream, string, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"{path} cannot be read: {failure.Message}", failure);
        }

        using (stream) return read(stream, path);
    }
}
