using System.Runtime.InteropServices;

namespace NlpPretrain.Text;

/// <summary>Finds the installed .NET SDK and the newest of several versions in it.</summary>
internal static class SdkFolder
{
    /// <summary>The folder that holds <c>dotnet</c>, given or found.</summary>
    /// <param name="given">The folder, or null to look for it.</param>
    /// <param name="wanted">The name of the folder that is needed in it.</param>
    public static string Find(string? given, string wanted) => given is null
        ? Find(
            wanted,
            RuntimeEnvironment.GetRuntimeDirectory(),
            Environment.GetEnvironmentVariable("DOTNET_ROOT"),
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH"))
        : Directory.Exists(Path.Combine(given, wanted))
            ? Path.GetFullPath(given)
            : throw new CorpusException($"'{given}' is not the folder of a .NET SDK: it holds no folder '{wanted}'.");

    /// <summary>Looks above the running runtime, then where the environment says.</summary>
    public static string Find(string wanted, string runtimeFolder, string? dotnetRoot, string? hostPath)
    {
        for (string? folder = Path.TrimEndingDirectorySeparator(runtimeFolder); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            // An application's own folder may well lie below one named "packs" or "sdk", but not beside "shared" too.
            if (Directory.Exists(Path.Combine(folder, wanted)) && Directory.Exists(Path.Combine(folder, "shared"))) return folder;
        }

        foreach (string? folder in new[] { dotnetRoot, Path.GetDirectoryName(hostPath) })
        {
            if (!string.IsNullOrEmpty(folder) && Directory.Exists(Path.Combine(folder, wanted))) return Path.GetFullPath(folder);
        }

        throw new CorpusException(
            $"No .NET SDK was found: looked for a folder '{wanted}' above the runtime ('{runtimeFolder}'), in DOTNET_ROOT "
            + $"({Quoted(dotnetRoot)}) and beside DOTNET_HOST_PATH ({Quoted(hostPath)}). Install the .NET SDK or give its folder.");
    }

    /// <summary>The subfolder with the highest version as its name, or null where no name is a version.</summary>
    public static string? Newest(string folder) => Directory.GetDirectories(folder)
        .Select(path => (Path: path, Version: ParseVersion(Path.GetFileName(path))))
        .Where(candidate => candidate.Version is not null)
        .OrderBy(candidate => candidate.Version!.Value.Numbers)
        .ThenBy(candidate => candidate.Version!.Value.Stage, Comparer<string>.Create(CompareStages))
        .ThenBy(candidate => candidate.Path, StringComparer.Ordinal)
        .LastOrDefault().Path;

    private static (Version Numbers, string Stage)? ParseVersion(string name)
    {
        string[] parts = name.Split('-', 2);
        return Version.TryParse(parts[0], out Version? numbers) ? (numbers, parts.Length == 1 ? "" : parts[1]) : null;
    }

    /// <summary>A release follows its previews; numbers compare as numbers, so that preview.10 follows preview.9.</summary>
    private static int CompareStages(string? a, string? b)
    {
        if (string.IsNullOrEmpty(a) || string.IsNullOrEmpty(b)) return string.IsNullOrEmpty(a).CompareTo(string.IsNullOrEmpty(b));

        string[] first = a.Split('.'), second = b.Split('.');
        for (int index = 0; index < Math.Min(first.Length, second.Length); index++)
        {
            int order = ulong.TryParse(first[index], out ulong x) && ulong.TryParse(second[index], out ulong y)
                ? x.CompareTo(y)
                : string.CompareOrdinal(first[index], second[index]);
            if (order != 0) return order;
        }

        return first.Length.CompareTo(second.Length);
    }

    private static string Quoted(string? value) => string.IsNullOrEmpty(value) ? "not set" : $"'{value}'";
}
