using System.IO.Enumeration;

namespace NlpPretrain.Text;

/// <summary>Finds the files that a path, a folder or a pattern stands for, in an order that depends on their names alone.</summary>
internal static class FileList
{
    /// <summary>The full paths of the files, in ordinal order.</summary>
    public static string[] Find(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (File.Exists(path)) return [Path.GetFullPath(path)];

        bool isFolder = Directory.Exists(path);
        if (!isFolder && !path.AsSpan().ContainsAny('*', '?'))
        {
            throw new CorpusException($"'{path}' does not exist: give a file, a folder, or a pattern with '*', '?' or '**'.");
        }

        string full = Path.GetFullPath(isFolder ? Path.Combine(path, "**", "*") : path);
        string root = Path.GetPathRoot(full)!;
        string[] found;
        try
        {
            var walk = new Walk(full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries));
            walk.Visit(isFolder ? Path.GetFullPath(path) : root, isFolder ? walk.Depth - 2 : 0);
            found = [.. walk.Files];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"'{path}' cannot be listed: {exception.Message}", exception);
        }

        if (found.Length == 0) throw new CorpusException(isFolder ? $"The folder '{path}' holds no files." : $"No file matches '{path}'.");

        Array.Sort(found, (a, b) => string.CompareOrdinal(Portable(a), Portable(b)));
        return found;
    }

    /// <summary>A path with the same separators, and so the same order, on every system.</summary>
    public static string Portable(string path) => path.Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>A walk over the folders that match a pattern, one segment a level.</summary>
    private sealed class Walk(string[] segments)
    {
        // With several '**' a folder is met many times; each pair of folder and segment needs one visit.
        private readonly HashSet<(string Folder, int Segment)> _visited = [];

        public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

        public int Depth => segments.Length;

        public void Visit(string folder, int index)
        {
            if (!_visited.Add((folder, index))) return;

            string segment = segments[index];
            bool isLast = index == segments.Length - 1;
            if (segment == "**")
            {
                if (!isLast) Visit(folder, index + 1);
                foreach (FileSystemInfo entry in Entries(folder, "*"))
                {
                    if (entry is FileInfo && isLast) Files.Add(entry.FullName);

                    // A link may lead back to a folder above it.
                    if (entry is DirectoryInfo && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint)) Visit(entry.FullName, index);
                }
            }
            else if (!segment.AsSpan().ContainsAny('*', '?'))
            {
                string path = Path.Combine(folder, segment);
                if (isLast && File.Exists(path)) Files.Add(path);
                if (!isLast && Directory.Exists(path)) Visit(path, index + 1);
            }
            else
            {
                foreach (FileSystemInfo entry in Entries(folder, segment))
                {
                    if (entry is FileInfo && isLast) Files.Add(entry.FullName);
                    if (entry is DirectoryInfo && !isLast) Visit(entry.FullName, index + 1);
                }
            }
        }

        private static IEnumerable<FileSystemInfo> Entries(string folder, string pattern)
        {
            FileAttributes hidden = pattern.StartsWith('.') ? 0 : FileAttributes.Hidden | FileAttributes.System;
            return new DirectoryInfo(folder)
                .EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = hidden, IgnoreInaccessible = false })
                .Where(entry => FileSystemName.MatchesSimpleExpression(pattern, entry.Name, ignoreCase: false));
        }
    }
}
