using System.Globalization;
using NlpPretrain.Tensors;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Benchmarks;

/// <summary>Loading a binary file against reading the file and copying its bytes once.</summary>
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
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Reads the file in blocks and copies each to its place in memory of the size that the vectors need.</summary>
    private static Matrix ReadAndCopy(string path, int words)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var target = new Matrix(words, Dimensions);
        byte[] block = new byte[BlockBytes];
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(target.Padded);
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
