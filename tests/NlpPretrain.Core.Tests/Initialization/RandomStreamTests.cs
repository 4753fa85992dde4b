using NlpPretrain.Initialization;

namespace NlpPretrain.Core.Tests.Initialization;

public sealed class RandomStreamTests
{
    [Fact]
    public void Numbers_are_fixed_for_ever()
    {
        RandomStream stream = new(seed: 1, stream: 2, step: 3);

        stream[0].Should().Be(NaiveAt(1, 2, 3, 0));
        stream[123_456_789].Should().Be(NaiveAt(1, 2, 3, 123_456_789));
        new RandomStream(0)[0].Should().Be(NaiveAt(0, 0, 0, 0));
    }

    [Fact]
    public void Neighbouring_keys_and_counters_give_unrelated_bits()
    {
        // Each flip of one input bit should flip half of the 64 output bits; the mean over many has a standard deviation of 4/√n.
        double flips = 0;
        int count = 0;
        for (ulong i = 0; i < 2_000; i++)
        {
            foreach (ulong other in new[] { new RandomStream(i ^ 1)[5], new RandomStream(i, 1)[5], new RandomStream(i, 0, 1)[5], new RandomStream(i)[4] })
            {
                flips += ulong.PopCount(new RandomStream(i)[5] ^ other);
                count++;
            }
        }

        (flips / count).Should().BeApproximately(32, 4 * 4 / Math.Sqrt(count));
    }

    [Fact]
    public void Uniform_and_Below_fill_their_range_evenly()
    {
        RandomStream stream = new(7);
        int[] counts = new int[10];
        double sum = 0;
        const int Draws = 100_000;
        for (ulong i = 0; i < Draws; i++)
        {
            float uniform = stream.Uniform(i);
            uniform.Should().BeInRange(0, 0.99999994f);
            sum += uniform;
            counts[stream.Below(i, 10)]++;
        }

        (sum / Draws).Should().BeApproximately(0.5, 4 * 0.2887 / Math.Sqrt(Draws));
        counts.Should().OnlyContain(n => Math.Abs(n - Draws / 10) < 4 * Math.Sqrt(Draws * 0.09));
    }

    // SplitMix64 written out from the paper, with the same derivation of the key.
    private static ulong NaiveAt(ulong seed, ulong stream, ulong step, ulong index)
    {
        const ulong Gamma = 0x9E3779B97F4A7C15;
        ulong key = Mix(Mix(Mix(seed + Gamma) ^ stream) + Gamma * step);
        for (ulong i = 0; i < index % 1000; i++) key += Gamma;
        return Mix(key + Gamma * (index - index % 1000 + 1));

        static ulong Mix(ulong z)
        {
            z ^= z >> 30;
            z *= 0xBF58476D1CE4E5B9;
            z ^= z >> 27;
            z *= 0x94D049BB133111EB;
            return z ^ z >> 31;
        }
    }
}
