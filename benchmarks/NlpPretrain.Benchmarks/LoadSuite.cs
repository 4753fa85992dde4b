using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Benchmarks;

/// <summary>Loading a binary file against reading the file and copying its bytes once.</summary>
/// <remarks>
/// The ratio is that of both ways again and again in one process, with memory that is there already: the work itself. Shown beside it,
/// without a goal, is the first time in a process of its own, where the system's work for each new page weighs more than either way.
/// Neither way clears its memory first.
/// </remarks>
internal static class LoadSuite
{
    private const int Dimensions = 300, BlockBytes = 1 << 20;

    public static void Run(bool quick)
    {
        (int words, string size) = quick ? (82_000, "100MB") : (838_000, "1GB");
        string path = Path.Combine(Path.GetTempPath(), $"nlp-pretrain-load-{Environment.ProcessId}.bin");
        try
        {
            WordVectors written = RandomVectors.Create(words, Dimensions);
            written.WriteBinary(path);
            Check(path, written);
            written = null!;
            Collect();

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {new FileInfo(path).Length / 1e6:F0} MB, {words} words"));
            AlternatingMedian.PrintRatio($"load/binary-{size}",
                AlternatingMedian.Measure(quick ? 11 : 7, () => ReadAndCopy(path, words), () => WordVectors.ReadBinary(path), Collect), 1.0);
            (double baseline, double ours) = AlternatingMedian.Compare(quick ? 9 : 5, () => InChild("copy", path, words), () => InChild("load", path, words));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  the first time in a process of its own: baseline {baseline * 1e3:F0} ms, ours {ours * 1e3:F0} ms, {baseline / ours:F3}"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>What a child process does: one of both ways, once; it prints the seconds.</summary>
    public static void RunChild(string way, string path, int words)
    {
        long start = Stopwatch.GetTimestamp();
        object kept = way == "load" ? WordVectors.ReadBinary(path) : ReadAndCopy(path, words);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        GC.KeepAlive(kept);
        Console.WriteLine(seconds.ToString("R", CultureInfo.InvariantCulture));
    }

    private static double InChild(string way, string path, int words)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LoadSuite).Assembly.Location, "load-child", way, path, words.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    /// <summary>Reads the file in blocks and copies each to its place in memory of the size that the vectors need.</summary>
    private static byte[] ReadAndCopy(string path, int words)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        byte[] target = GC.AllocateUninitializedArray<byte>(checked(words * Dimensions * sizeof(float)), pinned: true);
        byte[] block = new byte[BlockBytes];
        Span<byte> bytes = target;
        long length = RandomAccess.GetLength(file);
        for (long position = 0; position < length && !bytes.IsEmpty;)
        {
            int read = RandomAccess.Read(file, block, position);
            int copied = Math.Min(read, bytes.Length);
            block.AsSpan(0, copied).CopyTo(bytes);
            bytes = bytes[copied..];
            position += read;
        }

        return target;
    }

    private static void Check(string path, WordVectors written)
    {
        WordVectors read = WordVectors.ReadBinary(path);
        for (int index = 0; index < written.Count; index++)
        {
            if (read.Words[index] != written.Words[index] || !read.Row(index).SequenceEqual(written.Row(index)))
            {
                throw new InvalidOperationException($"Word {index} was read as another.");
            }
        }

        Console.WriteLine("  checked: every word and value as it was written");
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
