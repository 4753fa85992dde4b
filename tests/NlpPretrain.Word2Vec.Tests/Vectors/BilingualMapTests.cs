using MathNet.Numerics.LinearAlgebra;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class BilingualMapTests
{
    private const int Dimensions = 20;

    private static readonly BilingualPair[] Identity = [.. Enumerable.Range(0, 400).Select(index => new BilingualPair($"w{index}", $"t{index}"))];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void A_planted_rotation_is_recovered(bool unit, bool center)
    {
        double[,] planted = RandomRotation(Dimensions);
        float[][] source = Made.Values(400, Dimensions, 21);
        var map = BilingualMap.Learn(Source(source), Target(source.Select(x => Rotate(planted, x))), Identity[..100], new BilingualOptions { UnitLength = unit, Center = center });

        map.Pairs.Should().Be(100);
        for (int row = 0; row < Dimensions; row++)
        {
            for (int column = 0; column < Dimensions; column++)
            {
                ((double)map.Row(row)[column]).Should().BeApproximately(planted[row, column], 1e-4);
            }
        }

        foreach (BilingualRetrieval retrieval in Enum.GetValues<BilingualRetrieval>())
        {
            map.Evaluate(Identity[100..], retrieval).Should().Be(new BilingualPrecision(1, 1, 300, 0));
        }
    }

    [Fact]
    public void Csls_beats_the_cosine_where_there_are_hubs()
    {
        // All words share a component, and a few target words are nothing but that: near to every word, translation of none.
        var random = new Random(22);
        float[][] noise = Made.Values(400, Dimensions, 23), source = Made.Values(400, Dimensions, 24);
        float[][] target = [.. source.Select((x, row) => x.Select((value, k) => Common(k) + 0.5f * value + 0.5f * noise[row][k]).ToArray())];
        for (int hub = 380; hub < 400; hub++)
        {
            target[hub] = [.. Enumerable.Range(0, Dimensions).Select(k => Common(k) + 0.05f * random.NextSingle())];
        }

        float[][] shifted = [.. source.Select(x => x.Select((value, k) => Common(k) + 0.5f * value).ToArray())];
        var map = BilingualMap.Learn(Source(shifted), Target(target), Identity[..200], new BilingualOptions { Center = false, Within = 400 });
        BilingualPrecision cosine = map.Evaluate(Identity[200..380], BilingualRetrieval.Cosine), csls = map.Evaluate(Identity[200..380], BilingualRetrieval.Csls);
        csls.AtOne.Should().BeGreaterThan(cosine.AtOne + 0.1);
        csls.AtFive.Should().BeGreaterThanOrEqualTo(csls.AtOne);

        static float Common(int k) => k < 3 ? 0.6f : 0;
    }

    [Fact]
    public void Scores_follow_the_formula()
    {
        float[][] source = Made.Values(60, Dimensions, 25), target = Made.Values(70, Dimensions, 26);
        var options = new BilingualOptions { UnitLength = false, Center = false, Neighbors = 4, Within = 50, Workers = 3 };
        WordVectors targets = Target(target);
        var map = BilingualMap.Learn(Source(source), targets, Identity[..40], options);
        float[][] turned = [.. source.Select(x => Enumerable.Range(0, Dimensions).Select(row => (float)Made.Dot(map.Row(row), x)).ToArray())];
        double Mean(IEnumerable<double> cosines) => cosines.OrderDescending().Take(4).Average();
        double ofQuery = Mean(Enumerable.Range(0, 50).Select(y => Made.Cosine(turned[55], target[y])));
        double Csls(int y) => 2 * Made.Cosine(turned[55], target[y]) - ofQuery - Mean(Enumerable.Range(0, 50).Select(x => Made.Cosine(turned[x], target[y])));

        WordScore[] found = map.Translate("w55", 12);
        found.Select(best => best.Index).Should().Equal(Made.Ranked(50, Csls).Take(12));
        found.ShouldScore(targets, Csls, 1e-5);
        map.Translate("w55", 5, BilingualRetrieval.Cosine).Select(best => best.Index).Should().Equal(Made.Ranked(50, y => Made.Cosine(turned[55], target[y])).Take(5));
    }

    [Fact]
    public void Fewer_pairs_than_dimensions_still_give_a_rotation()
    {
        double[,] planted = RandomRotation(Dimensions);
        float[][] source = Made.Values(400, Dimensions, 27);
        var map = BilingualMap.Learn(Source(source), Target(source.Select(x => Rotate(planted, x))), Identity[..5], new BilingualOptions { Center = false });
        for (int row = 0; row < Dimensions; row++)
        {
            for (int other = 0; other < Dimensions; other++)
            {
                Made.Dot(map.Row(row), map.Row(other)).Should().BeApproximately(row == other ? 1 : 0, 1e-5);
            }
        }

        Identity[..5].Should().OnlyContain(pair => map.Translate(pair.Source, 1, BilingualRetrieval.Cosine)[0].Word == pair.Target);
    }

    [Fact]
    public void Several_translations_are_all_right_and_unknown_words_are_counted()
    {
        float[][] source = Made.Values(400, Dimensions, 28);
        var map = BilingualMap.Learn(Source(source), Target(source), Identity, new BilingualOptions { Center = false });
        map.Evaluate([new("w1", "t2"), new("w1", "t1"), new("w2", "t3"), new("?", "t1"), new("w4", "?")]).Should().Be(new BilingualPrecision(0.5, 0.5, 2, 2));
        map.Evaluate([]).Should().Be(new BilingualPrecision(0, 0, 0, 0));
    }

    [Fact]
    public void What_cannot_be_learned_is_refused()
    {
        WordVectors source = Source(Made.Values(400, 4, 29)), target = Target(Made.Values(400, 4, 30));
        new Action(() => BilingualMap.Learn(source, target, [new("t1", "w1")])).Should().Throw<ArgumentException>().WithMessage("Of 1 pairs none*");
        new Action(() => BilingualMap.Learn(source, Target(Made.Values(400, 5, 31)), Identity)).Should().Throw<ArgumentException>().WithMessage("*4 dimensions*5*");
        new Action(() => BilingualMap.Learn(source, target, Identity).Translate("t1")).Should().Throw<KeyNotFoundException>().WithMessage("*'t1'*");
    }

    private static WordVectors Source(float[][] values) => Made.Of([.. values.Select((_, index) => $"w{index}")], values);

    private static WordVectors Target(IEnumerable<float[]> values) => Made.Of([.. values.Select((_, index) => $"t{index}")], [.. values]);

    private static float[] Rotate(double[,] rotation, float[] x) => [.. Enumerable.Range(0, x.Length).Select(row => (float)Enumerable.Range(0, x.Length).Sum(k => rotation[row, k] * x[k]))];

    private static double[,] RandomRotation(int dimensions)
    {
        var random = new Random(33);
        return Matrix<double>.Build.Dense(dimensions, dimensions, (_, _) => random.NextDouble() - 0.5).QR().Q.ToArray();
    }
}
