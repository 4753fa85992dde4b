using System.Globalization;
using System.IO.Compression;
using System.Text;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class VectorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int, int, int> Shapes => new() { { 0, 3, 1 }, { 1, 1, 1 }, { 40, 16, 1 }, { 41, 17, 2 }, { 3_000, 100, 3 }, { 7, 20_000, 2 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Both_formats_bring_back_every_bit(int words, int dimensions, int workers)
    {
        WordVectors vectors = words == 0 ? new WordVectors([], new Matrix(0, dimensions)) : Hard(words, dimensions);
        var options = new VectorReadOptions { Workers = workers };

        vectors.WriteText(_folder.File("v.txt"));
        WordVectors.ReadText(_folder.File("v.txt"), options).ShouldHold(vectors);
        foreach (bool lineEnds in new[] { true, false })
        {
            vectors.WriteBinary(_folder.File("v.bin"), lineEnds);
            WordVectors.ReadBinary(_folder.File("v.bin"), options).ShouldHold(vectors);
        }

        using var memory = new MemoryStream();
        vectors.WriteBinary(memory);
        memory.Position = 0;
        WordVectors.ReadBinary(memory, "memory", options).ShouldHold(vectors);
    }

    [Fact]
    public void Padding_is_zero_after_reading()
    {
        Hard(50, 17).WriteBinary(_folder.File("v.bin"));
        Hard(50, 17).WriteText(_folder.File("v.txt"));
        foreach (WordVectors read in new[] { WordVectors.ReadBinary(_folder.File("v.bin")), WordVectors.ReadText(_folder.File("v.txt")) })
        {
            for (int row = 0; row < read.Count; row++)
            {
                read.Vectors.Padded.Slice(row * read.Vectors.Stride + 17, 15).ToArray().Should().OnlyContain(value => value == 0);
            }
        }
    }

    [Fact]
    public void Searches_agree_after_reading()
    {
        WordVectors vectors = Made.Random(3_000, 100);
        vectors.WriteBinary(_folder.File("v.bin"));
        WordVectors.ReadBinary(_folder.File("v.bin")).MostSimilar("w7", 20).Should().Equal(vectors.MostSimilar("w7", 20));
    }

    [Fact]
    public void Compressed_files_are_read()
    {
        WordVectors vectors = Hard(30_000, 40);
        foreach (bool isText in new[] { true, false })
        {
            string path = _folder.File(isText ? "v.vec.gz" : "v.bin.gz");
            using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            {
                (isText ? (Action<Stream>)vectors.WriteText : stream => vectors.WriteBinary(stream))(gzip);
            }

            (isText ? WordVectors.ReadText(path) : WordVectors.ReadBinary(path)).ShouldHold(vectors);
        }
    }

    [Fact]
    public void The_text_format_does_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Made.Of(["a"], [[-0.5f, 1e-7f]]).WriteText(_folder.File("v.txt"));
            File.ReadAllText(_folder.File("v.txt")).Should().Be("1 2\na -0.5 1E-07\n");
            WordVectors.ReadText(_folder.File("v.txt"))["a"].ToArray().Should().Equal(-0.5f, 1e-7f);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Text_of_other_writers_is_read()
    {
        string path = _folder.Write("v.txt", "2 2\r\na 1.5  -2 \r\n苹果 +3e0 4. \n\n");
        WordVectors vectors = WordVectors.ReadText(path);
        vectors.Words.Should().Equal("a", "苹果");
        vectors["a"].ToArray().Should().Equal(1.5f, -2);
        vectors["苹果"].ToArray().Should().Equal(3, 4);
    }

    [Fact]
    public void Only_the_first_vectors_are_read_on_demand()
    {
        WordVectors vectors = Hard(1_000, 10);
        vectors.WriteBinary(_folder.File("v.bin"));
        WordVectors.ReadBinary(_folder.File("v.bin"), new VectorReadOptions { MaximumWords = 3 }).Words.Should().Equal(vectors.Words.Take(3));
        WordVectors.ReadBinary(_folder.File("v.bin"), new VectorReadOptions { MaximumWords = 5_000 }).Count.Should().Be(1_000);
    }

    [Theory]
    [InlineData("two words", "*'two words' (index 1)*")]
    [InlineData("line\nend", "*index 1*line end*")]
    [InlineData("tab\t", "*index 1*")]
    public void Words_that_readers_would_cut_are_not_written(string word, string message)
    {
        WordVectors vectors = Made.Of(["a", word], [[1], [2]]);
        string path = _folder.File("v");
        foreach (Action write in new Action[] { () => vectors.WriteText(path), () => vectors.WriteBinary(path) })
        {
            write.Should().Throw<ArgumentException>().WithMessage(message);
            File.Exists(path).Should().BeFalse();
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_is_not_written() =>
        new Action(() => Made.Of(["a\ud800"], [[1]]).WriteText(_folder.File("v"))).Should().Throw<ArgumentException>().WithMessage("*(index 0)*surrogate*");

    /// <summary>Every place in the writer's buffer gets to be its end.</summary>
    [Fact]
    public void Buffers_that_run_full_lose_nothing()
    {
        WordVectors vectors = Hard(200_000, 1);
        vectors.WriteBinary(_folder.File("v.bin"));
        WordVectors.ReadBinary(_folder.File("v.bin")).Words.Should().Equal(vectors.Words);
        vectors.WriteText(_folder.File("v.txt"));
        WordVectors.ReadText(_folder.File("v.txt")).Words.Should().Equal(vectors.Words);
    }

    [Fact]
    public void Later_equal_words_are_left_out_where_that_is_allowed()
    {
        string path = _folder.Write("v.txt", "4 2\na 1 2\nb 3 4\na 5 6\nc 7 8\n");
        WordVectors vectors = WordVectors.ReadText(path, new VectorReadOptions { Duplicates = DuplicateWords.KeepFirst });
        vectors.Words.Should().Equal("a", "b", "c");
        vectors["a"].ToArray().Should().Equal(1, 2);
        vectors["c"].ToArray().Should().Equal(7, 8);
        vectors.MostSimilar("c", 1)[0].Word.Should().Be("b");
    }

    [Fact]
    public void Invalid_words_are_replaced_where_that_is_allowed()
    {
        byte[] file = [.. "1 1\nab"u8, 0xE8, 0x8B, .. " 5\n"u8];
        WordVectors.ReadText(new MemoryStream(file), "memory", new VectorReadOptions { InvalidWords = InvalidWords.Replace }).Words.Should().Equal("ab\uFFFD");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Values of every magnitude, and words of several bytes a character.</summary>
    private static WordVectors Hard(int words, int dimensions)
    {
        var random = new Random(7);
        float[][] values = Made.Values(words, dimensions, 8);
        foreach (float[] row in values)
        {
            row[random.Next(dimensions)] = BitConverter.Int32BitsToSingle(random.Next(0, 0x50000000)) * (random.Next(2) * 2 - 1);
            row[random.Next(dimensions)] = -0f;
        }

        string[] kinds = ["w", "é", "苹果", "𠮷"];
        return Made.Of([.. Enumerable.Range(0, words).Select(index => new StringBuilder().Insert(0, kinds[index % 4], 1 + index % 7).Append(index).ToString())], values);
    }
}
