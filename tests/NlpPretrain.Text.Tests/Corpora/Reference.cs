using System.IO.Compression;
using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Corpora;

/// <summary>What the corpora should give, said again in the plainest way.</summary>
internal static class Reference
{
    public static List<Passage> Read(IEnumerable<string> files, DocumentBoundary boundary)
    {
        var passages = new List<Passage>();
        long document = 0;
        foreach (string file in files)
        {
            bool hasText = false;
            foreach (string line in Lines(file))
            {
                bool isBlank = string.IsNullOrWhiteSpace(line);
                if (boundary == DocumentBoundary.BlankLine && isBlank && hasText)
                {
                    document++;
                    hasText = false;
                }

                hasText |= !isBlank;
                foreach (string piece in Cut(line))
                {
                    if (!string.IsNullOrWhiteSpace(piece)) passages.Add(new Passage(document, piece));
                }

                if (boundary == DocumentBoundary.Line) document++;
            }

            if (boundary == DocumentBoundary.File || (boundary == DocumentBoundary.BlankLine && hasText)) document++;
        }

        return passages;
    }

    public static string[] Lines(string text)
    {
        string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    public static IEnumerable<string> Cut(string line)
    {
        while (line.Length > Passage.MaxLength)
        {
            int end = Passage.MaxLength;
            while (end > 0 && !char.IsWhiteSpace(line[end - 1])) end--;
            if (end == 0) end = char.IsHighSurrogate(line[Passage.MaxLength - 1]) ? Passage.MaxLength - 1 : Passage.MaxLength;
            yield return line[..end];
            line = line[end..];
        }

        yield return line;
    }

    /// <summary>A text with lines of every kind: short, empty, blank, around the longest length, without white space, with pairs of surrogates.</summary>
    public static string RandomText(Random random, int lines)
    {
        string[] pieces = ["a", "word ", "é", "中文", "　", "😀", "\t", " ", "\r", "long-word-without-space"];
        var text = new StringBuilder();
        for (int line = 0; line < lines; line++)
        {
            int length = random.Next(8) switch
            {
                0 => 0,
                1 => Passage.MaxLength + random.Next(-3, 4),
                2 => random.Next(3 * Passage.MaxLength),
                _ => random.Next(200),
            };
            string[] used = random.Next(3) == 0 ? ["a", "😀"] : random.Next(4) == 0 ? [" ", "\t"] : pieces;
            int end = text.Length + length;
            while (text.Length < end) text.Append(used[random.Next(used.Length)]);
            text.Append(random.Next(2) == 0 ? "\r\n" : "\n");
        }

        return random.Next(2) == 0 ? text.ToString() : text.Append("the end").ToString();
    }

    public static string WriteBytes(this TemporaryFolder folder, string name, ReadOnlySpan<byte> bytes)
    {
        string path = folder.Write(name, "");
        File.WriteAllBytes(path, bytes.ToArray());
        return path;
    }

    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Fastest)) stream.Write(bytes);
        return compressed.ToArray();
    }
}
