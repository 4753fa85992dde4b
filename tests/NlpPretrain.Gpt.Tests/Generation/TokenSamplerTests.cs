using NlpPretrain.Initialization;

namespace NlpPretrain.Gpt.Tests.Generation;

public class TokenSamplerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    [InlineData(5000)]
    public void Filters_keep_exactly_the_tokens_that_a_sort_keeps(int vocabulary)
    {
        foreach (bool hasTies in new[] { false, true })
        {
            float[] logits = Logits(vocabulary, hasTies);
            foreach (int? k in new int?[] { null, 1, 3, vocabulary / 2 + 1, vocabulary + 5 })
            {
                foreach (double? p in new double?[] { null, 1e-9, 0.3, 0.9, 0.999, 1 })
                {
                    foreach (double? least in new double?[] { null, 0, 0.05, 0.6, 1 })
                    {
                        GenerationOptions options = new() { Temperature = 0.7, TopK = k, TopP = p, MinP = least };
                        int[] kept = [.. new TokenSampler(vocabulary, options).Kept(logits).Index().Where(pair => pair.Item > 0).Select(pair => pair.Index)];
                        kept.Should().Equal(Expected(logits, options), $"k {k}, p {p}, min-p {least}, ties {hasTies}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Frequencies_over_seeds_are_the_probabilities()
    {
        const int Draws = 20_000;
        float[] logits = [1, -0.5f, 0.25f, 2, 0, -1];
        GenerationOptions options = new() { Temperature = 1.3, TopK = 5, TopP = 0.95 };
        double[] weights = [.. new TokenSampler(6, options).Kept(logits)];
        double total = weights.Sum();
        int[] counts = new int[6];
        for (int seed = 0; seed < Draws; seed++) counts[new TokenSampler(6, options with { Seed = (ulong)seed }).Next(logits, 0, 7)]++;
        for (int id = 0; id < 6; id++)
        {
            double p = weights[id] / total, error = Math.Sqrt(p * (1 - p) / Draws);
            if (p > 0) ((double)counts[id] / Draws).Should().BeApproximately(p, 3 * error);
            else counts[id].Should().Be(0);
        }
    }

    [Fact]
    public void Places_sequences_and_seeds_have_numbers_of_their_own()
    {
        float[] logits = new float[100_000];
        TokenSampler sampler = new(logits.Length, new() { Seed = 5 });
        int[] tokens = [.. Enumerable.Range(0, 20).SelectMany(place => Enumerable.Range(0, 5).Select(sequence => sampler.Next(logits, sequence, place))), new TokenSampler(logits.Length, new() { Seed = 6 }).Next(logits, 0, 0)];
        tokens.Distinct().Should().HaveCount(101);
    }

    [Fact]
    public void A_small_temperature_is_greedy_and_ties_go_to_the_lowest_id()
    {
        float[] logits = Logits(500, hasTies: false);
        int best = Array.IndexOf(logits, logits.Max());
        new TokenSampler(500, new() { Temperature = 0 }).Next(logits, 0, 0).Should().Be(best);
        foreach (double small in new[] { 1e-5, double.Epsilon })
        {
            for (int place = 0; place < 50; place++) new TokenSampler(500, new() { Temperature = small }).Next(logits, 0, place).Should().Be(best);
        }

        float[] ties = new float[100];
        ties[70] = ties[30] = ties[31] = 4;
        new TokenSampler(100, new() { Temperature = 0 }).Next(ties, 0, 0).Should().Be(30);
    }

    [Fact]
    public void The_penalty_divides_positive_logits_and_multiplies_negative_ones()
    {
        float[] logits = [4, -4, 4, -4, 0.25f, -0.25f];
        TokenSampler.Penalize(logits, [0, 1, 4, 5, 9], 2);
        logits.Should().Equal(2, -8, 4, -4, 0.125f, -0.5f);
    }

    [Fact]
    public void Logits_that_are_not_finite_are_an_error()
    {
        TokenSampler sampler = new(3, new());
        new Action(() => sampler.Next([0, float.NaN, 1], 0, 0)).Should().Throw<InvalidOperationException>().WithMessage("*not finite*");
        new Action(() => sampler.Next([0, float.PositiveInfinity, 1], 0, 0)).Should().Throw<InvalidOperationException>();
    }

    private static float[] Logits(int count, bool hasTies)
    {
        RandomStream random = new(7);
        return [.. Enumerable.Range(0, count).Select(i => hasTies ? random.Below((ulong)i, 9) - 4f : 10 * random.Uniform((ulong)i) - 5)];
    }

    // In double: sort, cut, cut, cut.
    private static IEnumerable<int> Expected(float[] logits, GenerationOptions options)
    {
        double largest = logits.Max();
        List<(int Id, double Weight)> tokens = [.. logits.Select((logit, id) => (Id: id, Weight: Math.Exp((logit - largest) / options.Temperature)))
            .OrderByDescending(token => logits[token.Id]).ThenBy(token => token.Id).Take(options.TopK ?? int.MaxValue)];
        if (options.TopP is { } p)
        {
            double wanted = p * tokens.Sum(token => token.Weight), sum = 0;
            tokens = [.. tokens.TakeWhile(token => { bool isWanted = sum < wanted * (1 - 1e-9); sum += token.Weight; return isWanted; })];
        }

        return tokens.Where(token => token.Weight >= (options.MinP ?? 0) * (1 - 1e-6)).Select(token => token.Id).Order();
    }
}
