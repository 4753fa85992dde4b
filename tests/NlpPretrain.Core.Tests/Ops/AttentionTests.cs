using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public sealed class AttentionTests
{
    [Theory]
    [InlineData(2, 5, 2, 4, true, 1)]
    [InlineData(2, 5, 2, 4, false, 2)]
    [InlineData(1, 67, 1, 3, true, 1)]                   // two blocks, odd width
    [InlineData(1, 67, 1, 3, true, 3)]                   // fewer heads than workers: by blocks
    [InlineData(1, 66, 1, 2, false, 3)]
    [InlineData(1, 9, 1, 34, true, 1)]
    [InlineData(1, 6, 2, 16, false, 1)]
    public void Self_attention_agrees_with_the_loop(int batch, int time, int heads, int size, bool isCausal, int workers)
    {
        int width = heads * size;
        OpCheck.Run([new(batch, time, 3 * width)], x => x[0].SelfAttention(heads, isCausal),
            x => Reference(Part(x[0], 0, width), Part(x[0], 1, width), Part(x[0], 2, width), batch, time, time, heads, isCausal), scale: 2, workers: workers);
    }

    [Theory]
    [InlineData(2, 3, 7, false, 2)]
    [InlineData(2, 3, 7, true, 2)]
    [InlineData(1, 3, 140, true, 3)]
    public void Attention_of_fewer_queries_than_keys_agrees_with_the_loop(int batch, int queries, int keys, bool isCausal, int workers) =>
        OpCheck.Run([new(batch, queries, 4), new(batch, keys, 4), new(batch, keys, 4)], x => Tensor.Attention(x[0], x[1], x[2], 2, isCausal),
            x => Reference(x[0], x[1], x[2], batch, queries, keys, 2, isCausal), scale: 2, workers: workers);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keys_behind_the_length_are_not_seen(bool isCausal) =>
        OpCheck.Run([new(2, 67, 6)], x => x[0].SelfAttention(1, isCausal, [3, 65]),
            x => Reference(Part(x[0], 0, 2), Part(x[0], 1, 2), Part(x[0], 2, 2), 2, 67, 67, 1, isCausal, [3, 65]), scale: 2);

    [Fact]
    public void One_tensor_may_be_query_key_and_value() =>
        OpCheck.Run([new(1, 6, 4)], x => Tensor.Attention(x[0], x[0], x[0], 1), x => Reference(x[0], x[0], x[0], 1, 6, 6, 1, false), scale: 2, workers: 3);

    [Fact]
    public void Gradients_add_up()
    {
        OpCheck.Run([new(1, 5, 12)], x => x[0].CausalAttention(2) + x[0].CausalAttention(2),
            x => [.. Reference(Part(x[0], 0, 4), Part(x[0], 1, 4), Part(x[0], 2, 4), 1, 5, 5, 2, true).Select(y => 2 * y)]);
        OpCheck.Run([new(1, 5, 4), new(1, 6, 4), new(1, 6, 4)], x => Tensor.Attention(x[0], x[1], x[2], 2) + Tensor.Attention(x[0], x[1], x[2], 2),
            x => [.. Reference(x[0], x[1], x[2], 1, 5, 6, 2, false).Select(y => 2 * y)]);
    }

    [Fact]
    public void Large_scores_do_not_overflow() =>
        OpCheck.Run([new(1, 4, 6)], x => x[0].CausalAttention(1), x => Reference(Part(x[0], 0, 2), Part(x[0], 1, 2), Part(x[0], 2, 2), 1, 4, 4, 1, true), scale: 20, tolerance: 1e-4);

    [Theory]
    [InlineData(0f)]
    [InlineData(0.3f)]
    public void Bits_do_not_depend_on_workers(float dropout)
    {
        SameBits.OnAnyWorkers([new(1, 200, 2 * 3 * 24)], x => x[0].CausalAttention(2, dropout));       // by blocks at 3 workers
        SameBits.OnAnyWorkers([new(2, 150, 64), new(2, 170, 64), new(2, 170, 64)], x => Tensor.Attention(x[0], x[1], x[2], 2, dropout: dropout));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bits_of_a_sequence_do_not_depend_on_its_batch_or_its_padding(bool isCausal)
    {
        const int Time = 90, Length = 75, Width = 32;
        float[] alone = OpCheck.Random(new(Length, 3 * Width)), other = OpCheck.Random(new(Time, 3 * Width), 3, 2);
        float[] weights = OpCheck.Random(new(Length, Width), 1, 4);
        (float[] output, float[] gradient) = Run(alone, 1, Length, 0, []);

        float[] batch = [.. other, .. alone, .. OpCheck.Random(new(Time - Length, 3 * Width), 1000, 5)];
        (float[] batchOutput, float[] batchGradient) = Run(batch, 2, Time, Time, isCausal ? [] : [Time, Length]);
        SameBits.Equal(output, batchOutput).Should().BeTrue();
        SameBits.Equal(gradient, batchGradient).Should().BeTrue();

        (float[] Output, float[] Gradient) Run(float[] values, int count, int time, int skip, int[] lengths)
        {
            using TensorArena arena = new(2);
            using Pass pass = Pass.Training(arena);
            Tensor qkv = pass.Variable(values, new(count, time, 3 * Width)), y = qkv.SelfAttention(2, isCausal, lengths);
            float[] all = new float[y.Shape.Size];
            weights.CopyTo(all, skip * Width);
            OpCheck.Weighted(y, all).Backward();
            return (y.Data.Slice(skip * Width, Length * Width).ToArray(), qkv.Gradient.Slice(skip * 3 * Width, Length * 3 * Width).ToArray());
        }
    }

    [Fact]
    public void Keys_behind_the_length_are_not_read()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float[] values = OpCheck.Random(new(1, 9, 12));
        Tensor whole = pass.Copy(values, new(1, 9, 12)).SelfAttention(2, false, [5]);
        values.AsSpan(5 * 12).Fill(float.NaN);
        SameBits.Equal(pass.Copy(values, new(1, 9, 12)).SelfAttention(2, false, [5]).Data[..20], whole.Data[..20]).Should().BeTrue();
    }

    [Fact]
    public void Dropout_drops_its_part_scales_the_rest_and_is_the_same_in_the_backward()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena, 8);
        const int Time = 128;
        float[] values = new float[Time * Time];
        for (int i = 0; i < Time; i++) values[i * Time + i] = 1;                                    // V = I: the output is the probabilities
        Tensor zeros = pass.Zeros(new(1, Time, Time)), identity = pass.Variable(values, new(1, Time, Time));
        Tensor y = Tensor.Attention(zeros, zeros, identity, 1, dropout: 0.25f);
        float[] distinct = y.Data.ToArray();
        distinct.Distinct().Should().HaveCount(2).And.Contain(0);
        distinct.Max().Should().BeApproximately(1 / 0.75f / Time, 1e-8f);
        (distinct.Count(p => p == 0) / (double)distinct.Length).Should().BeApproximately(0.25, 0.01);

        float[] weights = new float[Time * Time];
        weights.AsSpan().Fill(1);
        OpCheck.Weighted(y, weights).Backward();
        for (int j = 0; j < Time; j++)
        {
            float column = 0;
            for (int i = 0; i < Time; i++) column += distinct[i * Time + j];
            identity.Gradient[j * Time].Should().BeApproximately(column, 1e-5f, "each value gets the kept probabilities");
        }
    }

    [Fact]
    public void Gradients_with_dropout_agree_with_differences()
    {
        using TensorArena arena = new(2);
        Shape shape = new(2, 7, 12);
        float[] values = OpCheck.Random(shape, 2), weights = OpCheck.Random(new(2, 7, 4), 1, 6), gradient;
        using (Pass pass = Pass.Training(arena, 3))
        {
            Tensor x = pass.Variable(values, shape);
            OpCheck.Weighted(x.CausalAttention(2, 0.4f), weights).Backward();
            gradient = x.Gradient.ToArray();
        }

        double[] differences = new double[gradient.Length];
        for (int i = 0; i < values.Length; i++) differences[i] = (Loss(i, 0.01f) - Loss(i, -0.01f)) / 0.02;
        OpCheck.Error(gradient, differences).Should().BeLessThan(1e-3);

        double Loss(int at, float change)
        {
            float[] moved = [.. values];
            moved[at] += change;
            using Pass pass = Pass.Training(arena, 3);
            Tensor y = pass.Copy(moved, shape).CausalAttention(2, 0.4f);
            double sum = 0;
            for (int i = 0; i < weights.Length; i++) sum += (double)weights[i] * y.Data[i];
            return sum;
        }
    }

    [Fact]
    public void Inference_drops_nothing()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor x = pass.Copy(OpCheck.Random(new(1, 8, 12)), new(1, 8, 12));
        SameBits.Equal(x.CausalAttention(2, 0.9f).Data, x.CausalAttention(2).Data).Should().BeTrue();
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor x = pass.Zeros(new(2, 4, 12)), q = pass.Zeros(new(2, 5, 12));
        new Action(() => x.CausalAttention(3)).Should().Throw<ArgumentException>().WithMessage("A width of 4 has no 3 equal heads*");
        new Action(() => x.CausalAttention(0)).Should().Throw<ArgumentException>();
        new Action(() => pass.Zeros(new(2, 4, 10)).CausalAttention(1)).Should().Throw<ArgumentException>().WithMessage("*this tensor is [2, 4, 10]*");
        new Action(() => x.SelfAttention(2, false, [1])).Should().Throw<ArgumentException>().WithMessage("1 lengths were given for a batch of 2*");
        new Action(() => x.SelfAttention(2, false, [1, 5])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Sequence 1 has a length of 5; lengths are 1 to 4*");
        new Action(() => x.SelfAttention(2, false, [0, 1])).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => x.CausalAttention(2, 1)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => Tensor.Attention(q, x, x, 2, isCausal: true)).Should().Throw<ArgumentException>().WithMessage("*5 queries and 4 keys*");
        new Action(() => Tensor.Attention(x, x, q, 2)).Should().Throw<ArgumentException>();
    }

    private static double[] Part(double[] qkv, int part, int width) => [.. qkv.Where((_, i) => i / width % 3 == part)];

    private static double[] Reference(double[] q, double[] k, double[] v, int batch, int queries, int keys, int heads, bool isCausal, int[]? lengths = null)
    {
        int width = q.Length / batch / queries, size = width / heads;
        double[] y = new double[q.Length];
        for (int b = 0; b < batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < queries; i++)
                {
                    int seen = Math.Min(lengths?[b] ?? keys, isCausal ? i + keys - queries + 1 : keys);
                    double[] scores = new double[seen];
                    for (int j = 0; j < seen; j++)
                    {
                        for (int c = 0; c < size; c++) scores[j] += q[(b * queries + i) * width + h * size + c] * k[(b * keys + j) * width + h * size + c] / Math.Sqrt(size);
                    }

                    double most = scores.Max(), total = scores.Sum(s => Math.Exp(s - most));
                    for (int j = 0; j < seen; j++)
                    {
                        for (int c = 0; c < size; c++) y[(b * queries + i) * width + h * size + c] += Math.Exp(scores[j] - most) / total * v[(b * keys + j) * width + h * size + c];
                    }
                }
            }
        }

        return y;
    }
}
