namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class SearchTests
{
    /// <summary>Large enough for several blocks and, with this many values, several workers.</summary>
    private static readonly WordVectors Words = Made.Random(3_001, 100);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(4_000)]
    public void The_nearest_words_are_those_of_a_plain_loop(int count)
    {
        WordScore[] found = Words.MostSimilar("w5", count);
        int[] expected = [.. Made.Ranked(Words.Count, index => Made.Cosine(Words.Row(index), Words["w5"]), 5).Take(count)];

        found.Select(best => best.Index).Take(50).Should().Equal(expected.Take(50));
        found.Should().HaveCount(expected.Length).And.BeInDescendingOrder(best => best.Score);
        found.ShouldScore(Words, index => Made.Cosine(Words.Row(index), Words["w5"]));
    }

    [Fact]
    public void Any_number_of_workers_and_queries_gives_the_same_bits()
    {
        WordScore[] alone = Words.MostSimilar("w7", 20, new SearchOptions { Workers = 1 });
        Words.MostSimilar("w7", 20, new SearchOptions { Workers = 5 }).Should().Equal(alone);

        float[][] queries = [.. new[] { 7, 1, 2, 3, 4, 5, 6 }.Select(index => Words.Row(index).ToArray())];
        WordScore[][] many = Words.MostSimilar(Made.Rows(queries), 21, new SearchOptions { Workers = 3 });
        many[0][0].Should().Match<WordScore>(self => self.Index == 7 && self.Score > 0.999999f);
        many[0].Skip(1).Should().Equal(alone);
        many[6].Should().Equal(Words.MostSimilar(queries[6].AsSpan(), 21));
    }

    [Fact]
    public void Only_candidates_are_found()
    {
        var options = new SearchOptions { Within = 40, Excluded = ["w3", "w39", "no such word"] };
        int[] expected = Made.Ranked(40, index => Made.Cosine(Words.Row(index), Words["w100"]), 3, 39);
        Words.MostSimilar("w100", 100, options).Select(best => best.Index).Should().Equal(expected);
        Words.MostSimilar("w100", 100, options with { Within = 0 }).Should().BeEmpty();
        Words.MostSimilar("w100", 0).Should().BeEmpty();
    }

    [Fact]
    public void Equal_vectors_come_by_index_and_zeros_have_cosine_zero()
    {
        WordVectors vectors = Made.Of(["a", "zero", "b", "c", "opposite"], [[1, 1], [0, 0], [2, 2], [3, 3], [-1, -1]]);
        vectors.MostSimilar("b").Select(best => best.Word).Should().Equal("a", "c", "zero", "opposite");
        vectors.MostSimilar("b").Select(best => best.Score).Should().Equal(1, 1, 0, -1);
        vectors.MostSimilar("zero").Should().OnlyContain(best => best.Score == 0);
        vectors.Similarity("zero", "a").Should().Be(0);
        Action wrong = () => vectors.MostSimilar([1f]);
        wrong.Should().Throw<ArgumentException>().WithMessage("*1 values*2*");
        Action infinite = () => vectors.MostSimilar([1f, float.NaN]);
        infinite.Should().Throw<ArgumentException>().WithMessage("*NaN at dimension 1*");
    }

    [Theory]
    [InlineData(AnalogyMethod.CosAdd)]
    [InlineData(AnalogyMethod.CosMul)]
    public void Analogies_follow_the_formula(AnalogyMethod method)
    {
        double Score(int x)
        {
            double a = Made.Cosine(Words.Row(x), Words["w1"]), b = Made.Cosine(Words.Row(x), Words["w2"]), c = Made.Cosine(Words.Row(x), Words["w3"]);
            return method == AnalogyMethod.CosAdd ? b - a + c : (b + 1) / 2 * ((c + 1) / 2) / ((a + 1) / 2 + 0.001);
        }

        WordScore[] found = Words.Analogy("w1", "w2", "w3", 15, method, new SearchOptions { Workers = 3, Excluded = ["w9"] });
        found.Select(best => best.Index).Should().Equal(Made.Ranked(Words.Count, Score, 1, 2, 3, 9).Take(15));
        found.ShouldScore(Words, Score, 1e-5);
    }

    [Fact]
    public void The_methods_differ_where_the_paper_says_so()
    {
        // One large cosine decides the sum; the product wants all of them.
        WordVectors vectors = Made.Of(["a", "b", "c", "near c", "both"], [[1, 0, 0], [0.6f, 0.8f, 0], [0, 0, 1], [0, 0.15f, 0.98f], [0, 0.6f, 0.5f]]);
        double[] cosines = [.. new[] { 3, 4 }.Select(x => Made.Cosine(vectors.Row(x), vectors["b"]) - Made.Cosine(vectors.Row(x), vectors["a"]) + Made.Cosine(vectors.Row(x), vectors["c"]))];
        vectors.Analogy("a", "b", "c", 1)[0].Word.Should().Be(cosines[0] > cosines[1] ? "near c" : "both");
        vectors.Analogy("a", "b", "c", 1, AnalogyMethod.CosMul)[0].Word.Should().Be("both");
    }

    [Fact]
    public void The_odd_word_is_farthest_from_the_mean()
    {
        WordVectors vectors = Made.Of(["cat", "dog", "car", "cow"], [[1, 0.1f], [9, 1.5f], [0.1f, 1], [0.5f, 0.1f]]);
        vectors.OddOneOut("cat", "dog", "car", "cow").Should().Be("car");
        new Action(() => vectors.OddOneOut("cat", "dog")).Should().Throw<ArgumentException>();
        new Action(() => vectors.OddOneOut("cat", "dog", "sheep")).Should().Throw<KeyNotFoundException>().WithMessage("*'sheep'*");
    }

    [Fact]
    public void A_sentence_is_the_mean_of_its_known_words()
    {
        WordVectors vectors = Made.Of(["a", "b", "zero"], [[3, 4], [0, 2], [0, 0]]);

        SentenceVector raw = vectors.SentenceVector(["a", "b", "b", "?"], unit: false);
        raw.Values.Should().Equal(1, 8 / 3f);
        (raw.Known, raw.Unknown).Should().Be((3, 1));
        vectors.SentenceVector(["a", "b"]).Values.Should().Equal(0.3f, 0.9f);
        vectors.SentenceVector(["a", "zero"]).Values.Should().Equal(0.3f, 0.4f);
        vectors.SentenceVector(["a", "b"], within: 1).Should().Match<SentenceVector>(sentence => sentence.Known == 1 && sentence.Unknown == 1);
        vectors.SentenceVector(["?"]).Values.Should().Equal(0, 0);
    }
}
