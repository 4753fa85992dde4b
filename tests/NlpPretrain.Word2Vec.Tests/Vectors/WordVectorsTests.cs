using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class WordVectorsTests
{
    private static readonly float[][] Two = [[1, 2, 3], [4, 5, 6]];

    [Fact]
    public void Finds_words_by_name_and_by_span()
    {
        var vectors = new WordVectors(["apple", "苹果"], Made.Rows(Two), [7, 5]);

        (vectors.Count, vectors.Dimensions).Should().Be((2, 3));
        vectors.Words.Should().Equal("apple", "苹果");
        vectors.Counts.Should().Equal(7, 5);
        vectors.IndexOf("苹果").Should().Be(1);
        vectors.IndexOf("an apple".AsSpan(3)).Should().Be(0);
        vectors.IndexOf("Apple").Should().Be(-1);
        vectors.IndexOf("").Should().Be(-1);
        vectors.Contains("apple").Should().BeTrue();
        vectors["苹果"].ToArray().Should().Equal(4, 5, 6);
        vectors.Row(0).ToArray().Should().Equal(1, 2, 3);
    }

    [Fact]
    public void Finds_each_of_many_words()
    {
        WordVectors vectors = Made.Random(20_000, 1);
        Enumerable.Range(0, vectors.Count).Should().OnlyContain(index => vectors.IndexOf("w" + index) == index);
        vectors.IndexOf("w20000").Should().Be(-1);
    }

    [Fact]
    public void An_unknown_word_is_named()
    {
        WordVectors vectors = Made.Random(3, 2);
        Action lookup = () => _ = vectors["pear"];
        lookup.Should().Throw<KeyNotFoundException>().WithMessage("*'pear'*3 words*");
    }

    [Theory]
    [InlineData(new[] { "a", "b", "a" }, "*'a' occurs twice, at index 0 and 2*")]
    [InlineData(new[] { "a", "", "c" }, "*index 1 is empty*")]
    [InlineData(new[] { "a", "b" }, "*2 words and 3 vectors*")]
    public void Refuses_words_that_are_not_distinct_and_complete(string[] words, string message) =>
        new Action(() => _ = new WordVectors(words, new Matrix(3, 2))).Should().Throw<ArgumentException>().WithMessage(message);

    [Theory]
    [InlineData(float.NaN, "*'b' (index 1) has NaN at dimension 2*")]
    [InlineData(float.NegativeInfinity, "*'b' (index 1) has -Infinity at dimension 2*")]
    [InlineData(3e38f, "*'b' (index 1) has a length above the range*")]
    public void Refuses_values_that_are_not_finite_or_too_large(float value, string message)
    {
        Matrix matrix = Made.Rows(Two);
        matrix[1][2] = value;
        matrix[1][1] = 3e38f;
        new Action(() => _ = new WordVectors(["a", "b"], matrix)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void Refuses_counts_that_do_not_fit()
    {
        new Action(() => _ = new WordVectors(["a", "b"], Made.Rows(Two), [1])).Should().Throw<ArgumentException>().WithMessage("*1 counts*");
        new Action(() => _ = new WordVectors(["a", "b"], Made.Rows(Two), [1, -1])).Should().Throw<ArgumentException>().WithMessage("*'b'*-1*");
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-44f)]
    [InlineData(1e25f)]
    [InlineData(1f)]
    public void Lengths_survive_small_and_large_values(float scale)
    {
        var vectors = Made.Of(["a", "b"], [[3 * scale, 4 * scale], [4 * scale, 3 * scale]]);
        vectors.Similarity("a", "b").Should().BeApproximately(0.96f, scale < 1e-40f ? 0.05f : 1e-6f);
        vectors.MostSimilar("a")[0].Score.Should().BeApproximately(0.96f, scale < 1e-40f ? 0.2f : 1e-6f);
    }
}
