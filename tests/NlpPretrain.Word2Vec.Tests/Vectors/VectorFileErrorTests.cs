using System.IO.Compression;
using System.Text;
using NlpPretrain.Serialization;
using NlpPretrain.Testing;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class VectorFileErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("", "*header: expected*found an empty line*")]
    [InlineData("the 0.1 0.2\n", "*header: expected \"<count> <dimensions>\"*found \"the 0.1 0.2\"*")]
    [InlineData("3 2", "*header*")]
    [InlineData("-1 2\n", "*header*")]
    [InlineData("1 0\na\n", "*header*1 to 65536 dimensions*")]
    [InlineData("1 65537\na 1\n", "*header*")]
    [InlineData("2000000000 300\na 1 2 3\n", "*byte 0, header: expected no more vectors than 8 bytes can hold, found 2000000000 of 300*")]
    [InlineData("1 60000\na 1 2 3\n", "*byte 0, header: expected no more*")]
    [InlineData("1 2\na 1 2\nb 3 4\n", "*byte 10, end: expected nothing after the 1 vectors*")]
    [InlineData("2 2\na 1 2\nb 3.5555\n", "*line 3 ('b'): expected 2 values as the header says, found 1*")]
    [InlineData("2 2\na 1 2 3\nb 3 4\n", "*line 2 ('a'): expected 2 values as the header says, found more*")]
    [InlineData("2 2\na 1 2\nb 3 x4\n", "*byte 14, line 3 ('b'), dimension 1: expected a number, found \"x4\"*")]
    [InlineData("2 2\na 1 2\nb 3 NaN\n", "*line 3 ('b'): expected finite values, found NaN at dimension 1*")]
    [InlineData("2 2\na 1 2\nb -1e39 4\n", "*line 3 ('b'): expected finite values, found -Infinity at dimension 0*")]
    [InlineData("2 2\na 1 2\n 3 4\n", "*byte 10, line 3, word: expected at least one byte, found an empty word*")]
    [InlineData("2 2\na 1 2\n\nb 3 4\n", "*byte 10, line 3, word*empty*")]
    [InlineData("3 2\na 1 2\nb 3 4\na 5 6\n", "*line 4, word: expected distinct words (VectorReadOptions.Duplicates*found 'a' again, after line 2*")]
    [InlineData("1 2\nabcdefghij 1 2\n", "*line 2, word: expected at most 8 bytes*")]
    public void Malformed_text_is_refused_with_its_place(string text, string message)
    {
        string path = _folder.Write("v.vec", text);
        Action read = () => WordVectors.ReadText(path, new VectorReadOptions { MaximumWordBytes = 8 });
        read.Should().Throw<ModelFormatException>().WithMessage(message).Which.Path.Should().Be(path);
    }

    [Fact]
    public void A_stream_that_ends_early_says_how_far_it_came() =>
        new Action(() => WordVectors.ReadText(new MemoryStream("9 2\na 1 2\nb 3 4\n"u8.ToArray()), "memory")).Should().Throw<ModelFormatException>()
            .WithMessage("memory, byte 16, line 4: expected 9 vectors of 2 dimensions*found the end after 2 whole ones.");

    [Fact]
    public void Malformed_binary_is_refused_with_its_place()
    {
        byte[] one = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)];
        byte[] infinite = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(float.PositiveInfinity)];
        Expect("*header: expected no more vectors than 10 bytes can hold*", [.. "2 2\na "u8, .. one]);
        Expect("*byte 14, end: expected nothing*", [.. "1 2\na "u8, .. one, .. "b "u8, .. one]);
        Expect("*byte 4, vector 0 ('a'): expected finite values, found Infinity at dimension 1*".Replace("byte 4", "byte 6", StringComparison.Ordinal), [.. "1 2\na "u8, .. infinite]);
        Expect("*byte 15, vector 1, word: expected at least one byte*", [.. "2 2\na "u8, .. one, .. "\n "u8, .. one, .. "xx"u8]);
        Expect("*byte 15, vector 1, word: expected no line end in it*", [.. "2 2\na "u8, .. one, .. "\nb\nc "u8, .. one]);
        Expect("*byte 4, vector 0, word: expected at most 8 bytes*", [.. "1 2\nabcdefghij "u8, .. one]);
        Expect("*byte 5, vector 0, word: expected UTF-8*found bytes 61FF*", [.. "1 2\na"u8, 0xFF, .. " "u8, .. one]);
        Expect("*fastText's own format*", [0xBA, 0x16, 0x4F, 0x2F, 0x0C, 0, 0, 0, 5]);

        void Expect(string message, byte[] file)
        {
            string path = _folder.File("v.bin");
            File.WriteAllBytes(path, file);
            new Action(() => WordVectors.ReadBinary(path, new VectorReadOptions { MaximumWordBytes = 8 })).Should().Throw<ModelFormatException>().WithMessage(message);
        }
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        var memory = new MemoryStream();
        Made.Random(5, 3).WriteBinary(memory);
        byte[] file = memory.ToArray();
        string path = _folder.File("v.bin");
        for (int length = 0; length < file.Length - 1; length++)
        {
            File.WriteAllBytes(path, file[..length]);
            foreach (Action read in new Action[] { () => WordVectors.ReadBinary(path), () => WordVectors.ReadBinary(new MemoryStream(file, 0, length), "memory") })
            {
                read.Should().Throw<ModelFormatException>("{0} of {1} bytes are no whole file", length, file.Length);
            }
        }
    }

    [Fact]
    public void Changed_bytes_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(9);
        foreach (bool isText in new[] { true, false })
        {
            var memory = new MemoryStream();
            (isText ? (Action<Stream>)Made.Random(6, 4).WriteText : stream => Made.Random(6, 4).WriteBinary(stream))(memory);
            for (int round = 0; round < 3_000; round++)
            {
                byte[] file = memory.ToArray();
                for (int change = random.Next(4); change >= 0; change--)
                {
                    file[random.Next(file.Length)] = (byte)(random.Next(3) == 0 ? " \n0\xFF"[random.Next(4)] : random.Next(256));
                }

                try
                {
                    _ = isText ? WordVectors.ReadText(new MemoryStream(file), "memory") : WordVectors.ReadBinary(new MemoryStream(file), "memory");
                }
                catch (ModelFormatException)
                {
                }
            }
        }
    }

    [Theory]
    [InlineData("1000000 300\na 1 2 3\n")]
    [InlineData("2000000000 1\na 1\n")]
    [InlineData("2000000000 65536\na 1\n")]
    [InlineData("30000 65536\na 1\n")]
    public void A_header_that_lies_allocates_little(string text)
    {
        foreach (bool isText in new[] { true, false })
        {
            var memory = new MemoryStream(Encoding.UTF8.GetBytes(text));
            long before = GC.GetAllocatedBytesForCurrentThread();
            Action read = () => _ = isText
                ? WordVectors.ReadText(memory, "memory", new VectorReadOptions { Workers = 1 })
                : WordVectors.ReadBinary(memory, "memory", new VectorReadOptions { Workers = 1 });
            read.Should().Throw<ModelFormatException>();
            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(32 << 20);
        }
    }

    [Fact]
    public void The_first_error_is_told_whatever_the_number_of_workers()
    {
        WordVectors vectors = Made.Random(200_000, 10);
        vectors.WriteText(_folder.File("v.txt"));
        string[] lines = File.ReadAllLines(_folder.File("v.txt"));
        (lines[150_000], lines[60_001], lines[100_000]) = (" ", "w x", "w60000 1 2 3 4 5 6 7 8 9 y");
        File.WriteAllLines(_folder.File("v.txt"), lines);
        foreach (int workers in new[] { 1, 2, 4 })
        {
            new Action(() => WordVectors.ReadText(_folder.File("v.txt"), new VectorReadOptions { Workers = workers })).Should().Throw<ModelFormatException>().WithMessage("*line 60002 ('w')*");
        }
    }

    [Fact]
    public void Damaged_compression_is_refused()
    {
        string path = _folder.File("v.vec.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Optimal))
        {
            Made.Random(2_000, 20).WriteText(gzip);
        }

        byte[] file = File.ReadAllBytes(path);
        File.WriteAllBytes(path, file[..(file.Length / 2)]);
        new Action(() => WordVectors.ReadText(path)).Should().Throw<ModelFormatException>();
        Array.Fill<byte>(file, 0x55, file.Length / 2, 200);
        File.WriteAllBytes(path, file);
        new Action(() => WordVectors.ReadText(path)).Should().Throw<ModelFormatException>();
    }

    public void Dispose() => _folder.Dispose();
}
