using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class CrossEntropyTests
{
    [Theory]
    [InlineData(4, 7, 0f)]
    [InlineData(4, 7, 0.1f)]
    [InlineData(40, 33, 0.3f)]
    public void Agrees_with_the_loop(int rows, int classes, float smoothing)
    {
        int[] targets = Targets(rows, classes);
        OpCheck.Run([new(rows, classes)], x => x[0].CrossEntropy(targets, labelSmoothing: smoothing), x => [Loss(x[0], targets, classes, smoothing)], scale: 3);
    }

    [Theory]
    [InlineData(6, 5, 4, 0f, true)]
    [InlineData(6, 5, 4, 0.2f, false)]
    [InlineData(3, 2100, 2, 0.1f, true)]                 // two chunks of the vocabulary
    [InlineData(530, 3, 2, 0f, true)]                    // two blocks of rows
    public void Agrees_with_the_loop_when_fused_with_a_projection(int rows, int classes, int width, float smoothing, bool hasBias)
    {
        int[] targets = Targets(rows, classes);
        OpCheck.Run([new(rows, width), new(classes, width), new(classes)],
            x => x[0].CrossEntropy(x[1], hasBias ? x[2] : null, targets, labelSmoothing: smoothing), x => [Loss(Logits(x, classes, width, hasBias), targets, classes, smoothing)], scale: 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ignored_rows_do_not_count(bool isFused)
    {
        int[] targets = [-7, 2, -7, 0, 4, -7], all = [-1, 2, -1, 0, 4, -1];
        if (isFused)
        {
            OpCheck.Run([new(6, 3), new(5, 3), new(5)], x => x[0].CrossEntropy(x[1], x[2], targets, -7), x => [Loss(Logits(x, 5, 3, true), all, 5, 0)]);
            OpCheck.Run([new(6, 3), new(5, 3), new(5)], x => x[0].CrossEntropy(x[1], x[2], targets, -7) + x[0].CrossEntropy(x[1], x[2], targets, -7),
                x => [2 * Loss(Logits(x, 5, 3, true), all, 5, 0)]);
        }
        else
        {
            OpCheck.Run([new(6, 5)], x => x[0].CrossEntropy(targets, -7), x => [Loss(x[0], all, 5, 0)]);
            OpCheck.Run([new(6, 5)], x => x[0].CrossEntropy(targets, -7) + x[0].CrossEntropy(targets, -7), x => [2 * Loss(x[0], all, 5, 0)]);
        }
    }

    [Fact]
    public void Without_targets_the_loss_and_its_gradients_are_zero()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor hidden = pass.Variable(OpCheck.Random(new(2, 3)), new(2, 3)), weight = pass.Variable(OpCheck.Random(new(4, 3)), new(4, 3));
        Tensor loss = hidden.CrossEntropy(weight, null, [-1, -1], out TargetStatistics statistics);
        loss.Backward();
        loss.Item.Should().Be(0);
        statistics.Should().Be(new TargetStatistics(0, 0, 0));
        hidden.Gradient.ToArray().Should().HaveCount(6).And.OnlyContain(x => x == 0);
        weight.Gradient.ToArray().Should().HaveCount(12).And.OnlyContain(x => x == 0);
    }

    [Fact]
    public void Statistics_have_the_sum_the_count_and_the_correct_predictions()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor logits = pass.Copy([0, 2, 1, 5, 5, 0, 1, 1, 9], new(3, 3));
        float loss = logits.CrossEntropy([1, 1, -1], out TargetStatistics statistics).Item;
        statistics.Count.Should().Be(2);
        statistics.Correct.Should().Be(1, "of equal logits the first is predicted");
        statistics.Sum.Should().BeApproximately(Math.Log(1 + Math.Exp(-2) + Math.Exp(-1)) + Math.Log(2 + Math.Exp(-5)), 1e-6);
        loss.Should().Be((float)statistics.Mean);

        Tensor identity = pass.Copy([1, 0, 0, 0, 1, 0, 0, 0, 1], new(3, 3));
        logits.CrossEntropy(identity, null, [1, 1, -1], out TargetStatistics fused);
        fused.Should().Be(statistics);
        (fused + statistics).Accuracy.Should().Be(0.5);
    }

    [Fact]
    public void The_prediction_may_be_in_a_later_chunk()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float[] table = new float[5000];
        table[4321] = 3;
        pass.Copy([1, 1], new(2, 1)).CrossEntropy(pass.Copy(table, new(5000, 1)), null, [4321, 7], out TargetStatistics statistics);
        statistics.Correct.Should().Be(1);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    public void Chunks_of_the_vocabulary_with_larger_and_larger_logits_agree_with_the_loop(float smoothing)
    {
        const int Classes = 4101;                                                                // three chunks
        float[] weight = OpCheck.Random(new(Classes), 1, 4);
        for (int i = 2048; i < Classes; i++) weight[i] += i < 4096 ? 4 : 9;
        int[] targets = [4099, 17];
        OpCheck.Run([[1.2f, -1], weight], [new(2, 1), new(Classes, 1)], x => x[0].CrossEntropy(x[1], null, targets, labelSmoothing: smoothing),
            x => [Loss(Logits(x, Classes, 1, false), targets, Classes, smoothing)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ignored_rows_may_hold_anything(bool isFused)
    {
        using TensorArena arena = new(1);
        OpCheck.Soil(arena);
        using Pass pass = Pass.Training(arena);
        float[] values = OpCheck.Random(new(6, 5));
        values.AsSpan(10, 5).Fill(float.NaN);
        int[] targets = [1, 2, -1, 4, 0, 3];
        Tensor x = pass.Variable(values, new(6, 5)), weight = pass.Variable(OpCheck.Random(new(5, 5)), new(5, 5));
        Tensor loss = isFused ? x.CrossEntropy(weight, null, targets) : x.CrossEntropy(targets);
        loss.Backward();
        float.IsFinite(loss.Item).Should().BeTrue();
        if (isFused) weight.Gradient.ToArray().Should().OnlyContain(g => float.IsFinite(g) && g != 0);
        for (int i = 0; i < values.Length; i++) (x.Gradient[i] == 0).Should().Be(i / 5 == 2);
    }

    [Fact]
    public void Large_logits_do_not_overflow_and_minus_infinity_is_probability_zero()
    {
        OpCheck.Run([[1, 1000, 998]], [new(1, 3)], x => x[0].CrossEntropy([2]), x => [Loss(x[0], [2], 3, 0)]);
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float[] logits = new float[3000];
        logits.AsSpan(0, 2500).Fill(float.NegativeInfinity);
        pass.Copy([1], new(1, 1)).CrossEntropy(pass.Zeros(new(3000, 1)), pass.Copy(logits, new(3000)), [2600]).Item.Should().BeApproximately((float)Math.Log(500), 1e-5f);
        pass.Copy([0, float.NaN], new(1, 2)).CrossEntropy([0]).Item.Should().Be(float.NaN);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Kept_and_recomputed_logits_give_the_same_bits_at_any_workers(bool ignoresSome)
    {
        int[] targets = Targets(600, 2500);
        if (ignoresSome) targets[100] = targets[9] = -1;
        float[][] kept = Run(1, long.MaxValue), recomputed = Run(3, 0);
        for (int i = 0; i < kept.Length; i++) SameBits.Equal(kept[i], recomputed[i]).Should().BeTrue($"result {i}");

        float[][] Run(int workers, long mostKept)
        {
            using TensorArena arena = new(workers);
            using Pass pass = Pass.Training(arena);
            Tensor[] inputs = [.. new Shape[] { new(600, 20), new(2500, 20), new(2500) }.Select((shape, i) => pass.Variable(OpCheck.Random(shape, 1, 3, (ulong)i), shape))];
            Tensor loss = inputs[0].CrossEntropy(inputs[1], inputs[2], targets, out _, -1, 0.1f, mostKept);
            loss.Backward();
            return [[loss.Item], .. inputs.Select(input => input.Gradient.ToArray())];
        }
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor hidden = pass.Zeros(new(2, 3)), weight = pass.Zeros(new(4, 3));
        new Action(() => hidden.CrossEntropy(weight, null, [1, 4])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Target 4 at place 1 is not a class; classes are 0 to 3, and -1 is ignored*");
        new Action(() => hidden.CrossEntropy(weight, null, [1, -1], -100)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => hidden.CrossEntropy(weight, null, [1])).Should().Throw<ArgumentException>().WithMessage("1 targets were given for [2, 3], which has 2 rows*");
        new Action(() => hidden.CrossEntropy(hidden.Softmax(), pass.Zeros(new(3)), [1, 1])).Should().Throw<ArgumentException>().WithMessage("*needs a bias [2]*");
        new Action(() => hidden.CrossEntropy(pass.Zeros(new(4, 2)), null, [1, 1])).Should().Throw<ArgumentException>().WithMessage("*needs a weight [[]V, 3]*".Replace("[[]", "["));
        new Action(() => hidden.CrossEntropy([1, 1], labelSmoothing: 1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static int[] Targets(int rows, int classes) => [.. Enumerable.Range(0, rows).Select(i => (int)((i * 7919L + 5) % classes))];

    private static double[] Logits(double[][] x, int classes, int width, bool hasBias)
    {
        double[] logits = new double[x[0].Length / width * classes];
        for (int i = 0; i < logits.Length; i++)
        {
            if (hasBias) logits[i] = x[2][i % classes];
            for (int k = 0; k < width; k++) logits[i] += x[0][i / classes * width + k] * x[1][i % classes * width + k];
        }

        return logits;
    }

    private static double Loss(double[] logits, int[] targets, int classes, double smoothing)
    {
        double sum = 0;
        for (int row = 0; row < targets.Length; row++)
        {
            if (targets[row] < 0) continue;
            ReadOnlySpan<double> x = logits.AsSpan(row * classes, classes);
            double most = double.NegativeInfinity, total = 0, mean = 0;
            foreach (double v in x) most = Math.Max(most, v);
            foreach (double v in x) (total, mean) = (total + Math.Exp(v - most), mean + v / classes);
            sum += most + Math.Log(total) - (1 - smoothing) * x[targets[row]] - smoothing * mean;
        }

        return sum / targets.Count(t => t >= 0);
    }
}
