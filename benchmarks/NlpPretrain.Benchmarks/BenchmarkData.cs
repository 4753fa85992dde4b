namespace NlpPretrain.Benchmarks;

/// <summary>The data folder: NLPPRETRAIN_DATA, or shared/data beside the repository.</summary>
internal static class BenchmarkData
{
    private static readonly string Root = FindRoot();

    /// <summary>The path of a file that is there.</summary>
    /// <exception cref="FileNotFoundException">It is not.</exception>
    public static string File(params ReadOnlySpan<string> parts)
    {
        string path = Path.Combine([Root, .. parts]);
        return System.IO.File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there; set NLPPRETRAIN_DATA to the folder of the data.");
    }

    private static string FindRoot()
    {
        if (Environment.GetEnvironmentVariable("NLPPRETRAIN_DATA") is { Length: > 0 } chosen) return chosen;

        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder, "NlpPretrain.sln"))) folder = Path.GetDirectoryName(folder);
        return Path.GetFullPath(Path.Combine(folder ?? ".", "..", "shared", "data"));
    }
}
