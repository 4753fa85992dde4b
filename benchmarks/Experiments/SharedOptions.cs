using System.CommandLine;

namespace NlpPretrain.Experiments;

/// <summary>The options of every suite.</summary>
internal static class SharedOptions
{
    private const string DataVariable = "NLPPRETRAIN_DATA";

    private static readonly Option<DirectoryInfo> DataFolder = new("--data")
    {
        Description = $"The folder of the data sets, ${DataVariable} where that is set",
        HelpName = "folder",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable(DataVariable) ?? Path.Combine("..", "shared", "data")),
        Recursive = true,
    };

    private static readonly Option<int> WorkerCount = OptionOf.Count("--workers", Environment.ProcessorCount, "Threads; the number of processors where it is absent");

    public static void AddTo(RootCommand root)
    {
        DataFolder.AcceptExistingOnly();
        WorkerCount.Recursive = true;
        root.Options.Add(DataFolder);
        root.Options.Add(WorkerCount);
    }

    extension(ParseResult options)
    {
        public int Workers => options.GetValue(WorkerCount);

        /// <summary>The path of a file of the data sets.</summary>
        public string Data(params ReadOnlySpan<string> parts) => Path.Combine([options.GetRequiredValue(DataFolder).FullName, .. parts]);
    }
}
