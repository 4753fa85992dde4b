using System.Globalization;
using System.Text;
using NlpPretrain.Serialization;
using NlpPretrain.Testing;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

/// <summary>Files that the original programs wrote.</summary>
public sealed class PublishedVectorsTests
{
    [Fact]
    public void Binary_vectors_come_back_byte_by_byte()
    {
        string path = TestData.File("gensim", "euclidean_vectors.bin");
        WordVectors vectors = WordVectors.ReadBinary(path);
        (vectors.Count, vectors.Dimensions, vectors.Words[0], vectors.Words[^1]).Should().Be((2747, 10, "the", "fly"));
        BitConverter.SingleToInt32Bits(vectors["the"][0]).Should().Be(0x3ED7C8B9);

        using var written = new MemoryStream();
        vectors.WriteBinary(written, lineEnds: false);
        written.ToArray().Should().Equal(File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("word2vec_pre_kv_c", 1750, 10)]
    [InlineData("crime-and-punishment.vec", 291, 5)]
    public void Text_vectors_are_read_as_written(string name, int count, int dimensions)
    {
        string path = TestData.File("gensim", name);
        WordVectors vectors = WordVectors.ReadText(path);
        (vectors.Count, vectors.Dimensions).Should().Be((count, dimensions));

        string[] lines = File.ReadAllLines(path);
        for (int index = 0; index < count; index++)
        {
            string[] fields = lines[index + 1].TrimEnd().Split(' ');
            vectors.Words[index].Should().Be(fields[0]);
            Made.Bits(vectors.Row(index)).Should().Equal(fields.Skip(1).Select(field => BitConverter.SingleToInt32Bits(float.Parse(field, CultureInfo.InvariantCulture))));
        }

        using var written = new MemoryStream();
        vectors.WriteText(written);
        written.Position = 0;
        WordVectors.ReadText(written, "memory").ShouldHold(vectors);

        // What the shortest digits leave out of the original text is zeros and the space at a line's end, no information.
        string[] rewritten = Encoding.UTF8.GetString(written.ToArray()).Split('\n');
        rewritten[1..^1].Select(Plain).Should().Equal(lines[1..].Select(Plain));
    }

    [Fact]
    public void A_model_of_fastText_is_named_as_such()
    {
        string path = TestData.File("gensim", "crime-and-punishment.bin");
        new Action(() => WordVectors.ReadBinary(path)).Should().Throw<ModelFormatException>().WithMessage("*fastText*.vec*");
    }

    private static string Plain(string line) => string.Join(' ', line.TrimEnd().Split(' ').Select((field, k) => k == 0 ? field : decimal.Parse(field, NumberStyles.Float, CultureInfo.InvariantCulture).ToString("0.##########", CultureInfo.InvariantCulture)));
}
