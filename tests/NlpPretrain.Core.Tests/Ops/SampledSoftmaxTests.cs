using NlpPretrain.Initialization;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class SampledSoftmaxTests
{
    private static readonly RandomStream Numbers = new(11);

    [Theory]
    [InlineData(6, 30, 5, 3, true)]
    [InlineData(6, 30, 29, 17, true)]                    // nearly every target is hit
    [InlineData(6, 30, 30, 2, false)]
    [InlineData(2, 2200, 2100, 1, false)]                // two chunks of the sample
    public void Agrees_with_the_loop(int rows, int vocabulary, int samples, int width, bool hasBias)
    {
        int[] targets = [.. Enumerable.Range(0, rows).Select(i => i * 7 % vocabulary)];
        targets[1] = -1;
        LogUniformSampler sampler = new();
        int[] sample = new int[samples];
        sampler.Sample(Numbers, vocabulary, sample);
        double[] logCounts = new double[vocabulary];
        foreach (int word in targets.Concat(sample).Where(word => word >= 0))
        {
            double probability = Math.Log((word + 2.0) / (word + 1)) / Math.Log(vocabulary + 1.0);
            logCounts[word] = Math.Log(1 - Math.Pow(1 - probability, sampler.Draws));
        }

        OpCheck.Run([new(rows, width), new(vocabulary, width), new(vocabulary)],
            x => x[0].SampledSoftmax(x[1], hasBias ? x[2] : null, targets, samples, Numbers), x => [Loss(x, targets, logCounts, sample, width, hasBias)]);
    }

    [Fact]
    public void Bits_do_not_depend_on_workers()
    {
        int[] targets = [.. Enumerable.Range(0, 600).Select(i => i * i % 3000)];
        SameBits.OnAnyWorkers([new(600, 20), new(3000, 20), new(3000)], x => x[0].SampledSoftmax(x[1], x[2], targets, 2500, Numbers));
    }

    [Fact]
    public void A_parameter_is_touched_at_targets_and_samples_only()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Parameter weight = new("w", new(1000, 2));
        OpCheck.Random(weight.Shape).CopyTo(weight.Data);
        pass.Copy(OpCheck.Random(new(2, 2)), new(2, 2)).SampledSoftmax(weight, null, [900, 901], 10, Numbers).Backward();
        weight.IsGradientSparse.Should().BeTrue();
        weight.TouchedRows.Length.Should().BeInRange(10, 12);
        weight.TouchedRows[..2].ToArray().Should().Equal(900, 901);
    }

    [Fact]
    public void Samples_are_different_words_by_the_log_uniform_distribution()
    {
        const int Vocabulary = 50, Samples = 5, Rounds = 20_000;
        LogUniformSampler sampler = new();
        int[] counts = new int[Vocabulary], sample = new int[Samples];
        double[] expected = new double[Vocabulary];
        for (int round = 0; round < Rounds; round++)
        {
            sampler.Sample(new RandomStream(1, 2, (ulong)round), Vocabulary, sample);
            if (round < 10) sample.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder();
            foreach (int word in sample) counts[word]++;
            for (int word = 0; word < Vocabulary; word++) expected[word] += Math.Exp(sampler.LogExpectedCount(word));
        }

        for (int word = 0; word < Vocabulary; word++) (counts[word] / expected[word]).Should().BeApproximately(1, 0.13, $"word {word}");
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(800_000, 799_999)]
    public void The_expected_count_is_the_formula(int vocabulary, int word)
    {
        LogUniformSampler sampler = new();
        sampler.Sample(Numbers, vocabulary, new int[5]);
        double probability = Math.Log((word + 2.0) / (word + 1)) / Math.Log(vocabulary + 1.0);
        double count = 1 - Math.Pow(1 - probability, sampler.Draws);
        sampler.LogExpectedCount(word).Should().BeApproximately((float)Math.Log(count), 1e-5f);
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor hidden = pass.Zeros(new(2, 3)), weight = pass.Zeros(new(4, 3));
        new Action(() => hidden.SampledSoftmax(weight, null, [1, 1], 5, Numbers)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("A sample of 5 different words cannot be drawn from 4*");
        new Action(() => hidden.SampledSoftmax(weight, null, [1, 4], 2, Numbers)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => hidden.SampledSoftmax(hidden.Softmax(), pass.Zeros(new(3)), [1, 1], 2, Numbers)).Should().Throw<ArgumentException>();
    }

    private static double Loss(double[][] x, int[] targets, double[] logCounts, int[] sample, int width, bool hasBias)
    {
        double sum = 0;
        for (int row = 0; row < targets.Length; row++)
        {
            if (targets[row] < 0) continue;
            double target = Logit(row, targets[row]), total = Math.Exp(target);
            foreach (int word in sample) total += word == targets[row] ? 0 : Math.Exp(Logit(row, word));
            sum += Math.Log(total) - target;
        }

        return sum / targets.Count(t => t >= 0);

        double Logit(int row, int word)
        {
            double logit = (hasBias ? x[2][word] : 0) - logCounts[word];
            for (int k = 0; k < width; k++) logit += x[0][row * width + k] * x[1][word * width + k];
            return logit;
        }
    }
}
