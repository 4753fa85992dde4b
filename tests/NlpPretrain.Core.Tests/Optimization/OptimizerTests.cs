using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests.Optimization;

public sealed class OptimizerTests : IDisposable
{
    private const int Length = 37, Rounds = 20;
    private const double Rate = 0.02, Decay = 0.1;

    private readonly TensorArena _arena = new(1);
    private readonly Parameter _parameter = new("w", new(Length));

    public OptimizerTests() => OpCheck.Random(new(Length), 1, 5).CopyTo(_parameter.Data);

    private delegate double Rule(int step, double gradient, double weight, double[] memory);

    public void Dispose() => _arena.Dispose();

    private ParameterGroup[] Groups => [new([_parameter]) { WeightDecay = Decay }];

    [Fact]
    public void Sgd_with_momentum() => Check(new Sgd(_arena, Groups, momentum: 0.9), (_, g, w, u) =>
    {
        u[0] = 0.9 * u[0] + g + Decay * w;
        return w - Rate * u[0];
    });

    [Fact]
    public void Sgd_without_momentum() => Check(new Sgd(_arena, Groups), (_, g, w, _) => w - Rate * (g + Decay * w));

    [Fact]
    public void Adagrad_as_published() => Check(new Adagrad(_arena, Groups, initialSum: 1, epsilon: 1e-3), (step, g, w, a) =>
    {
        g += Decay * w;
        a[0] = (step == 1 ? 1 : a[0]) + g * g;
        return w - Rate * g / (Math.Sqrt(a[0]) + 1e-3);
    });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1e-60)]                    // 0 in single precision
    [InlineData(-1, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(double.PositiveInfinity, 1)]
    public void Adagrad_refuses_what_would_divide_by_zero(double initialSum, double epsilon) =>
        new Action(() => _ = new Adagrad(_arena, Groups, initialSum, epsilon)).Should().Throw<ArgumentOutOfRangeException>().WithMessage($"The initial sum is*");

    [Theory]
    [InlineData(0, 1e-10)]
    [InlineData(1, 0)]
    public void Adagrad_leaves_a_weight_whose_gradient_is_zero(double initialSum, double epsilon)
    {
        float[] before = _parameter.Data.ToArray();
        Adagrad optimizer = new(_arena, [new([_parameter])], initialSum, epsilon);
        Differentiate(0);
        optimizer.Step(Rate);
        _parameter.Data.ToArray().Should().Equal(before);
    }

    [Fact]
    public void Adam_decays_through_the_gradient() => Check(new Adam(_arena, Groups), (step, g, w, m) => w - Rate * Slope(step, g + Decay * w, m, 1e-8, corrects: true));

    [Fact]
    public void AdamW_decays_apart_from_the_gradient() =>
        Check(new AdamW(_arena, Groups) { FirstDecay = 0.8, SecondDecay = 0.95 }, (step, g, w, m) => w - Rate * (Slope(step, g, m, 1e-8, corrects: true, 0.8, 0.95) + Decay * w));

    [Fact]
    public void BertAdam_does_not_correct() =>
        Check(new BertAdam(_arena, Groups) { Epsilon = 1e-6 }, (step, g, w, m) => w - Rate * (Slope(step, g, m, 1e-6, corrects: false) + Decay * w));

    // 1 − β taken from a β that is rounded already is wrong by 1e-5 of itself.
    [Theory]
    [InlineData(typeof(Adam))]
    [InlineData(typeof(AdamW))]
    [InlineData(typeof(BertAdam))]
    public void Moments_of_Adam_are_as_exact_as_single_precision_allows(Type type)
    {
        Adam optimizer = (Adam)Activator.CreateInstance(type, _arena, (ParameterGroup[])[new([_parameter])])!;
        double[][] moments = [.. Enumerable.Range(0, Length).Select(_ => new double[2])];
        for (int step = 1; step <= 50; step++)
        {
            float[] gradient = Step(optimizer, step);
            for (int i = 0; i < Length; i++) Slope(step, gradient[i], moments[i], 1e-8, corrects: true);
        }

        float[][] ours = [.. optimizer.State.Select(entry => entry.Value.ToArray())];
        for (int moment = 0; moment < 2; moment++)
        {
            double[] exact = [.. moments.Select(pair => pair[moment])];
            OpCheck.Error(ours[moment], exact).Should().BeLessThan(1e-6, $"moment {moment + 1} agrees");
        }
    }

    [Fact]
    public void Lost_gradients_are_named_and_nothing_changes()
    {
        Parameter lost = new("lost", new(2)), frozen = new("frozen", new(2)) { IsTrainable = false };
        Sgd optimizer = new(_arena, [new([_parameter, lost, frozen])]);
        float[] before = _parameter.Data.ToArray();
        Differentiate(1);
        new Action(() => optimizer.Step(Rate)).Should().Throw<InvalidOperationException>().WithMessage("No gradient reached 'lost'.*");
        _parameter.Data.ToArray().Should().Equal(before);
        optimizer.Steps.Should().Be(0);
    }

    [Fact]
    public void The_global_norm_is_clipped()
    {
        Sgd optimizer = new(_arena, [new([_parameter])]);
        float[] before = _parameter.Data.ToArray(), gradient = Differentiate(1);
        double exact = Math.Sqrt(gradient.Sum(g => (double)g * g));
        optimizer.Step(1, maximumNorm: 0.5).Should().BeApproximately(exact, 1e-6);
        for (int i = 0; i < Length; i++) _parameter.Data[i].Should().BeApproximately((float)(before[i] - gradient[i] * 0.5 / exact), 1e-6f);

        Differentiate(1);
        before = _parameter.Data.ToArray();
        optimizer.Step(1, maximumNorm: 100);
        for (int i = 0; i < Length; i++) _parameter.Data[i].Should().Be(before[i] - gradient[i]);
    }

    [Fact]
    public void Gradients_that_are_not_finite_are_refused()
    {
        Sgd optimizer = new(_arena, [new([_parameter])]);
        float[] before = _parameter.Data.ToArray();
        Differentiate(float.NaN);
        new Action(() => optimizer.Step(Rate, maximumNorm: 1)).Should().Throw<ArithmeticException>().WithMessage("*not finite*");
        _parameter.Data.ToArray().Should().Equal(before);
    }

    [Fact]
    public void Restored_state_gives_the_same_bits()
    {
        AdamW first = new(_arena, Groups);
        for (int i = 0; i < 5; i++) Step(first, i);
        AdamW second = new(_arena, Groups) { Steps = first.Steps };
        foreach ((KeyValuePair<string, Memory<float>> from, KeyValuePair<string, Memory<float>> to) in first.State.Zip(second.State))
        {
            from.Key.Should().Be(to.Key);
            from.Value.CopyTo(to.Value);
        }

        float[] before = _parameter.Data.ToArray();
        for (int i = 5; i < 9; i++) Step(first, i);
        float[] expected = _parameter.Data.ToArray();
        before.CopyTo(_parameter.Data);
        for (int i = 5; i < 9; i++) Step(second, i);
        _parameter.Data.ToArray().Should().Equal(expected);
    }

    [Fact]
    public void Threads_change_no_bit_and_a_step_allocates_nothing()
    {
        float[][] results = new float[2][];
        for (int run = 0; run < 2; run++)
        {
            using TensorArena arena = new(run == 0 ? 1 : 3);
            Parameter large = new("large", new(100_003));
            OpCheck.Random(large.Shape, 1, 5).CopyTo(large.Data);
            AdamW optimizer = new(arena, [new([large])]);
            float[] gradient = OpCheck.Random(large.Shape, 1, 6);
            for (int step = 0; step < 12; step++) Step();
            results[run] = large.Data.ToArray();
            Allocations.CheckNoneHere(Step);

            void Step()
            {
                using (Pass pass = Pass.Training(arena)) OpCheck.Weighted(pass.Zeros(large.Shape) + large, gradient).Backward();
                optimizer.Step(Rate, maximumNorm: 1);
            }
        }

        results[1].Should().Equal(results[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sparse_gradient_changes_its_rows_with_the_bits_of_a_dense_one(bool adagrad)
    {
        float[][] results = new float[2][];
        for (int run = 0; run < 2; run++)
        {
            Parameter table = new("table", new(50, 21));
            OpCheck.Random(table.Shape, 1, 5).CopyTo(table.Data);
            Optimizer optimizer = adagrad ? new Adagrad(_arena, [new([table])], initialSum: 1) : new Sgd(_arena, [new([table])]);
            for (int step = 0; step < 3; step++)
            {
                using (Pass pass = Pass.Training(_arena))
                {
                    Tensor rows = table.AsTensor().Embedding(pass, [7, 3, 7, 49 - step]);
                    Tensor loss = OpCheck.Weighted(rows, OpCheck.Random(rows.Shape, 1, 6));
                    if (run == 1) loss += (pass.Zeros(table.Shape) + table).Sum() * 0;
                    loss.Backward();
                }

                table.IsGradientSparse.Should().Be(run == 0);
                optimizer.Step(Rate);
            }

            results[run] = table.Data.ToArray();
        }

        results[0].Should().Equal(results[1]);
    }

    [Theory]
    [InlineData(3000, 21)]                    // rows that do not end with a register or a piece
    [InlineData(3000, 7)]                     // several rows in a register
    [InlineData(7, 20_001)]                   // several pieces in a row
    public void The_norm_of_a_sparse_gradient_has_the_bits_of_a_dense_one(int rows, int columns)
    {
        int last = rows - 1;
        int[][] orders = [[last, 3, 4, last / 2, 0], [0, last / 2, 3, last, 4]];
        List<double> norms = [];
        for (int run = 0; run < 4; run++)
        {
            using TensorArena arena = new(run == 3 ? 3 : 1);
            Parameter table = new("table", new(rows, columns));
            Sgd optimizer = new(arena, [new([table])]);
            float[] weights = OpCheck.Random(table.Shape, 1, 6);
            using (Pass pass = Pass.Training(arena))
            {
                Tensor loss = pass.Zeros(new(1));
                foreach (int id in orders[run % 2]) loss += OpCheck.Weighted(table.AsTensor().Embedding(pass, [id]), weights[(id * columns)..]);
                if (run == 0) loss += (pass.Zeros(table.Shape) + table).Sum() * 0;
                loss.Backward();
            }

            table.IsGradientSparse.Should().Be(run > 0);
            norms.Add(optimizer.Step(0, maximumNorm: 1));
        }

        norms.Should().OnlyContain(norm => norm == norms[0] && norm > 1);
    }

    [Fact]
    public unsafe void The_norm_of_a_sparse_gradient_reads_touched_rows_only()
    {
        Parameter table = new("table", new(2000, 32));
        using (Pass pass = Pass.Training(_arena)) table.AsTensor().Embedding(pass, [1999, 5, 700]).Sum().Backward();
        for (int row = 0; row < 2000; row++)
        {
            if (row is not (5 or 700 or 1999)) new Span<float>(table.Node.GradientOrNull + 32 * row, 32).Fill(float.NaN);
        }

        new Sgd(_arena, [new([table])]).Step(0, maximumNorm: 1).Should().Be(Math.Sqrt(3 * 32));
    }

    [Fact]
    public void Groups_split_by_decay_and_refuse_a_parameter_twice()
    {
        new Action(() => _ = new Sgd(_arena, [new([_parameter]), new([_parameter])])).Should().Throw<ArgumentException>().WithMessage("The parameter 'w' is there twice*");
        new Action(() => _ = new Sgd(_arena, [new([_parameter]) { WeightDecay = -1 }])).Should().Throw<ArgumentException>().WithMessage("WeightDecay is -1*");
    }

    private void Check(Optimizer optimizer, Rule rule)
    {
        double[] exact = [.. _parameter.Data.ToArray().Select(w => (double)w)];
        double[][] memory = [.. Enumerable.Range(0, Length).Select(_ => new double[2])];
        for (int step = 1; step <= Rounds; step++)
        {
            float[] gradient = Step(optimizer, step);
            for (int i = 0; i < Length; i++) exact[i] = rule(step, gradient[i], exact[i], memory[i]);
        }

        OpCheck.Error(_parameter.Data, exact).Should().BeLessThan(1e-5);
    }

    private float[] Step(Optimizer optimizer, int step)
    {
        float[] gradient = Differentiate((float)Math.Sin(step + 1));
        optimizer.Step(Rate);
        return gradient;
    }

    private float[] Differentiate(float scale)
    {
        float[] gradient = [.. OpCheck.Random(new(Length), 1, 9).Select(g => g * scale)];
        using Pass pass = Pass.Training(_arena);
        OpCheck.Weighted(pass.Zeros(new(Length)) + _parameter, gradient).Backward();
        return gradient;
    }

    private static double Slope(int step, double g, double[] m, double epsilon, bool corrects, double first = 0.9, double second = 0.999)
    {
        m[0] = first * m[0] + (1 - first) * g;
        m[1] = second * m[1] + (1 - second) * g * g;
        return corrects ? m[0] / (1 - Math.Pow(first, step)) / (Math.Sqrt(m[1] / (1 - Math.Pow(second, step))) + epsilon) : m[0] / (Math.Sqrt(m[1]) + epsilon);
    }
}
