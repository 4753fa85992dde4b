using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>Every ladder of this folder, by BenchmarkDotNet.</summary>
internal static class LadderSuite
{
    private static Type[] Ladders { get; } =
        [.. typeof(Ladder).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Ladder)) && !type.IsAbstract).OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>Times the ladders whose name contains the filter.</summary>
    public static void Run(string? filter, bool isDetailed)
    {
        // In this process: nothing is built, and the rungs are the code that was checked.
        Job job = (isDetailed ? Job.Default : Job.ShortRun.WithWarmupCount(6).WithIterationCount(7).WithIterationTime(TimeInterval.FromMilliseconds(80)))
            .WithToolchain(InProcessEmitToolchain.Instance);
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(isDetailed ? ConsoleLogger.Default : NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .HideColumns(Column.Error, Column.StdDev, Column.RatioSD, Column.Categories)
            .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Default, MethodOrderPolicy.Alphabetical))
            .WithCategoryDiscoverer(new LadderDiscoverer())
            .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
            .AddFilter(new SimpleFilter(rung => Widths.IsSupported(rung.Descriptor.WorkloadMethod.Name)))
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);
        Type[] chosen = [.. Ladders.Where(ladder => Matches(ladder, filter))];
        Console.WriteLine($"  {chosen.Length} ladders, some seconds each");
        foreach (Summary summary in BenchmarkSwitcher.FromTypes(chosen).Run(["--filter", "*"], config)) MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Default);
    }

    /// <summary>Only runs every rung once, against double precision.</summary>
    public static void Check(string? filter)
    {
        foreach (Type type in Ladders.Where(ladder => Matches(ladder, filter)))
        {
            long start = Stopwatch.GetTimestamp();
            var ladder = (Ladder)Activator.CreateInstance(type)!;
            ladder.Setup();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"ok  {type.Name}: {string.Join(", ", ladder.Rungs.Select(rung => rung.Name))} ({Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms)"));
        }
    }

    private static bool Matches(Type ladder, string? filter) => filter is null || ladder.Name.Contains(filter, StringComparison.OrdinalIgnoreCase);

    /// <summary>Ratios are within a ladder.</summary>
    private sealed class LadderDiscoverer : DefaultCategoryDiscoverer
    {
        public override string[] GetCategories(MethodInfo method) => [method.ReflectedType!.Name];
    }
}
