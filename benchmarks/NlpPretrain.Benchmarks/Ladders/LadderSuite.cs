using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
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
            .AddFilter(new SimpleFilter(rung => Widths.IsSupported(rung.Descriptor.WorkloadMethod.Name)))
            .WithOptions(ConfigOptions.DisableLogFile);
        Console.WriteLine($"  {"one thread",-22} {"",-16} {"us",12} {"faster",8}");
        foreach (Type ladder in Ladders.Where(ladder => Matches(ladder, filter)))
        {
            (string Rung, double Time)[] rungs = [.. BenchmarkSwitcher.FromTypes([ladder]).Run(["--filter", "*"], config).SelectMany(summary => summary.Reports).Select(Read)];
            double scalar = rungs.Single(rung => rung.Rung == nameof(Ladder.Scalar)).Time;
            foreach ((string rung, double time) in rungs.OrderBy(rung => rung.Rung, StringComparer.Ordinal))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ladder.Name,-22} {rung,-16} {time / 1e3,12:F2} {scalar / time,8:F1}"));
        }

        static (string, double) Read(BenchmarkReport report) => (report.BenchmarkCase.Descriptor.WorkloadMethod.Name, report.ResultStatistics?.Median
            ?? throw new InvalidOperationException($"{report.BenchmarkCase.DisplayInfo} did not run; --detail shows why."));
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
}
