using System.Runtime.CompilerServices;

namespace NlpPretrain.Testing;

/// <summary>Real data that is not in the repository: $NLPPRETRAIN_DATA, or ../shared/data beside the project.</summary>
internal static class TestData
{
    /// <summary>The path of a data file; the running test is skipped, with the reason, where it is absent.</summary>
    public static string File(params ReadOnlySpan<string> parts)
    {
        string root = Environment.GetEnvironmentVariable("NLPPRETRAIN_DATA") is { Length: > 0 } chosen ? chosen : Path.Combine(Repository, "..", "shared", "data");
        string path = Path.GetFullPath(Path.Combine([root, .. parts]));
        Assert.SkipUnless(Path.Exists(path), $"Needs {Path.Combine(parts.ToArray())} of the data folder; set NLPPRETRAIN_DATA to where it is.");
        return path;
    }

    /// <summary>The repository's root folder.</summary>
    public static string Repository { get; } = FindRoot();

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // CI builds map source paths to /_/, so the built assembly's own folder is asked first.
        foreach (string start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(here)! })
        {
            for (string? folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (System.IO.File.Exists(Path.Combine(folder, "NlpPretrain.sln"))) return folder;
            }
        }

        throw new DirectoryNotFoundException("NlpPretrain.sln was not found above the tests.");
    }
}
