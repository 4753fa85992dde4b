using System.Diagnostics;
using System.Globalization;
using TorchSharp;

namespace NlpPretrain.Peers;

/// <summary>How much more memory a process needs once it trains: each side in a process of its own, from before the model is made to after several steps.</summary>
/// <remarks>Weights, gradients, the optimizer's moments, activations and whatever else the step takes; not the runtime nor the libraries, which are loaded before.</remarks>
internal static class MemorySuite
{
    private const int Steps = 6;
    private const double Goal = 1.0;

    public static void Compare(StepCase step)
    {
        string weights = string.Join('\n', step.CreateOurs().Weights.Parameters.Select(parameter => $"{parameter.Name} {string.Join(' ', TorchBuild.Sizes(parameter.Shape))}"));
        double ours = InChild(step, "ours", weights), theirs = InChild(step, "libtorch", weights);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step.Name}: the step adds {ours / 1e6:F0} MB to our process, {theirs / 1e6:F0} MB to libtorch's"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RATIO steps/{step.Name}-memory {theirs / ours:F2} goal {Goal:F1}"));
    }

    /// <summary>What a child process does: some steps of one side; it prints the bytes. libtorch's weights come by name and size from the input.</summary>
    public static void RunChild(string name, string side)
    {
        StepCase step = StepCase.All.Single(one => one.Name == name);
        Batch[] batches = step.CreateBatches(Steps);
        string[] lines = Console.In.ReadToEnd().Split('\n');
        long before, after;
        if (side == "ours")
        {
            before = Reset();
            using OurStep ours = new(step.CreateOurs());
            foreach (Batch batch in batches) ours.Run(batch);
            after = Peak();
        }
        else
        {
            torch.set_num_threads(StepOptions.Threads);
            torch.ones(64, 64).mm(torch.ones(64, 64)).Dispose();                              // loads the library
            before = Reset();
            TorchStep theirs = new(step, lines.Select(line => line.Split(' ')).ToDictionary(line => line[0], line => torch.randn(
                [.. line[1..].Select(size => long.Parse(size, CultureInfo.InvariantCulture))]).mul_(0.02)));
            foreach (Batch batch in batches) theirs.Run(batch);
            after = Peak();
        }

        Console.WriteLine((after - before).ToString(CultureInfo.InvariantCulture));
    }

    private static double InChild(StepCase step, string side, string weights)
    {
        ProcessStartInfo start = new("dotnet", [typeof(MemorySuite).Assembly.Location, "memory-child", step.Name, side]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        using Process child = Process.Start(start)!;
        child.StandardInput.Write(weights);
        child.StandardInput.Close();
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode != 0) throw new InvalidOperationException($"The process for the memory of {step.Name}, {side}, ended with {child.ExitCode}.");
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    // The system forgets the largest size so far, so that what loading took for a moment hides nothing.
    private static long Reset()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Peak();
    }

    /// <summary>The most memory that the process has had at once, in bytes.</summary>
    private static long Peak()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line["VmHWM:".Length..^"kB".Length], CultureInfo.InvariantCulture);
    }
}
