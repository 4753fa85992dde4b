using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

/// <summary>Tensors that are many pieces of work: an operation on rows gives the bits that it gives for a few rows at a time, which are one piece.</summary>
public class LargeTensorTests
{
    private const int Batch = 60, Rows = 7, Columns = 211;

    private static readonly Shape Large = new(Batch, Rows, Columns), OneRow = new(Columns);

    public static TheoryData<string> Names => [.. Operations.Keys];

    private static readonly Dictionary<string, (int Whole, Shape[] Shapes, OpCheck.Forward Forward)> Operations = new()
    {
        ["add"] = (0, [Large, Large], x => x[0] + x[1] + x[0]),
        ["add a row"] = (1, [Large, OneRow], x => x[0] + x[1]),
        ["subtract"] = (0, [Large, Large], x => x[0] - x[1] - x[1]),
        ["multiply"] = (0, [Large, Large], x => x[0] * x[1] + x[0] * x[0]),
        ["multiply by a row"] = (1, [Large, OneRow], x => x[0] * x[1] - x[0] * x[1]),
        ["scale"] = (0, [Large], x => x[0] * 0.3f + x[0] * 0.2f),
        ["clamp"] = (0, [Large], x => x[0].Clamp(-0.5f, 0.25f) + x[0].Clamp(0, 1)),
        ["gelu"] = (0, [Large], x => x[0].Gelu() + x[0].GeluExact()),
        ["relu"] = (0, [Large], x => x[0].Relu() + x[0].Tanh() + x[0].Sigmoid()),
        ["reshape"] = (0, [Large], x => x[0].Reshape(new(x[0].Shape[0], Rows * Columns)) * 2),
        ["slice"] = (0, [Large], x => x[0].Slice(1, 2, 4).Slice(2, 3, 200)),
        ["concatenate"] = (0, [Large, Large], x => x[0].Concatenate(x[1]).Concatenate(x[1].Concatenate(x[0]), 1)),
        ["first"] = (0, [Large], x => x[0].FirstOverTime()),
        ["cosine"] = (0, [Large, Large], x => Tensor.CosineSimilarity(x[0], x[1])),
        ["mix"] = (2, [Large, Large, new(2), new(1)], x => Tensor.WeightedMix([x[0], x[1]], x[2], x[3])),
        ["linear"] = (2, [Large, new(30, Columns), new(30)], x => x[0].Linear(x[1], x[2], Activation.GeluTanh)),
        ["product"] = (0, [Large, new(Batch, Columns, 20)], x => Tensor.MatMul(x[0], x[1])),
        ["product with one"] = (1, [Large, new(20, Columns)], x => Tensor.MatMul(x[0], x[1], transposeRight: true)),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_have_the_bits_of_a_few_rows_at_a_time(string name)
    {
        (int whole, Shape[] shapes, OpCheck.Forward forward) = Operations[name];
        float[][] values = [.. shapes.Select((shape, i) => OpCheck.Random(shape, 1, 3, (ulong)i))];
        (float[] output, float[][] gradients) = Run(values, shapes, forward, 0, Batch, Batch);
        for (int first = 0; first < Batch; first += 2)
        {
            Shape[] part = [.. shapes.Select((shape, i) => i < shapes.Length - whole ? shape.With(0, 2) : shape)];
            float[][] few = [.. values.Select((v, i) => i < shapes.Length - whole ? Part(v, first).ToArray() : v)];
            (float[] partOutput, float[][] partGradients) = Run(few, part, forward, first, 2, Batch);
            SameBits.Equal(Part(output, first), partOutput).Should().BeTrue($"the values of sequences {first} and {first + 1} are the same");
            for (int i = 0; i < shapes.Length - whole; i++) SameBits.Equal(Part(gradients[i], first), partGradients[i]).Should().BeTrue($"the gradient of input {i} is the same");
        }
    }

    [Fact]
    public void Sequences_have_the_values_of_their_own()
    {
        int[] lengths = [.. Enumerable.Range(0, Batch).Select(b => 1 + b % Rows)];
        float[] x = OpCheck.Random(Large), whole = Pooled(x, lengths, Batch);
        for (int b = 0; b < Batch; b++) Part(whole, b, 1).ToArray().Should().Equal(Pooled(Part(x, b, 1).ToArray(), [lengths[b]], 1));

        static float[] Pooled(float[] x, int[] lengths, int batch)
        {
            using TensorArena arena = new(2);
            using Pass pass = Pass.Training(arena);
            Tensor input = pass.Variable(x, Large.With(0, batch)), reversed = input.ReverseWithinLengths(lengths);
            Tensor pooled = input.MeanOverTime(lengths) * 3 + input.MaxOverTime(lengths) * input.LastOverTime(lengths);
            (pooled.Sum() + (reversed * input).Sum()).Backward();
            float[] means = pooled.Data.ToArray(), gradient = input.Gradient.ToArray();
            return [.. Enumerable.Range(0, batch).SelectMany(b => means[(b * Columns)..((b + 1) * Columns)].Concat(gradient[(b * Rows * Columns)..((b + 1) * Rows * Columns)]))];
        }
    }

    [Fact]
    public void Sums_over_rows_and_all_values_miss_none()
    {
        using TensorArena arena = new(2);
        using Pass pass = Pass.Training(arena);
        float[] values = OpCheck.Random(Large), factors = OpCheck.Random(Large, stream: 5);
        Tensor x = pass.Copy(values, Large), row = pass.Variable(new float[Columns], OneRow), scales = pass.Variable(new float[Columns], OneRow), y = pass.Variable(factors, Large);
        ((x + row + x * scales) * pass.Copy(factors, Large)).Sum().Backward();
        double[] sums = new double[Columns], products = new double[Columns];
        for (int i = 0; i < values.Length; i++) (sums[i % Columns], products[i % Columns]) = (sums[i % Columns] + factors[i], products[i % Columns] + (double)factors[i] * values[i]);
        OpCheck.Error(row.Gradient, sums).Should().BeLessThan(1e-6);
        OpCheck.Error(scales.Gradient, products).Should().BeLessThan(1e-6);
        y.Sum().Item.Should().BeApproximately((float)factors.Sum(value => (double)value), 1e-3f);
        x.MeanSquaredError(y).Item.Should().BeApproximately((float)values.Zip(factors, (a, b) => Math.Pow((double)a - b, 2)).Average(), 1e-6f);
    }

    [Fact]
    public void Every_row_is_gathered_and_every_value_dropped_by_its_own_number()
    {
        const float Probability = 0.3f;
        using TensorArena arena = new(2);
        using Pass pass = Pass.Training(arena, seed: 1);
        float[] values = OpCheck.Random(Large);
        Tensor x = pass.Variable(values, Large), dropped = x.Dropout(Probability);
        int[] rows = [.. Enumerable.Range(0, 900).Select(i => i * 17 % (Batch * Rows))];
        Tensor gathered = x.GatherRows(rows);
        (dropped.Sum() + (gathered * gathered).Sum()).Backward();

        // The pass's stream of dropout, at step 0 and the first of its masks.
        RandomStream random = new(1, 0x44726F70, 0);
        double[] expected = new double[values.Length], gradient = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            gradient[i] = (uint)(random[(ulong)i / 2] >> (i % 2 * 32)) >= Probability * 4294967296.0 ? 1 / (1 - Probability) : 0;
            expected[i] = gradient[i] * values[i];
        }

        for (int i = 0; i < rows.Length * Columns; i++)
        {
            int source = rows[i / Columns] * Columns + i % Columns;
            gathered.Data[i].Should().Be(values[source]);
            gradient[source] += 2 * values[source];
        }

        OpCheck.Error(dropped.Data, expected).Should().BeLessThan(1e-6);
        OpCheck.Error(x.Gradient, gradient).Should().BeLessThan(1e-6);
    }

    private static Span<float> Part(float[] values, int first, int count = 2) => values.AsSpan(first * (values.Length / Batch), count * (values.Length / Batch));

    private static (float[] Output, float[][] Gradients) Run(float[][] values, Shape[] shapes, OpCheck.Forward forward, int first, int count, int total)
    {
        using TensorArena arena = new(2);
        using Pass pass = Pass.Training(arena);
        Tensor[] inputs = [.. values.Select((v, i) => pass.Variable(v, shapes[i]))];
        Tensor output = forward(inputs);
        int size = output.Shape.Size / count;
        OpCheck.Weighted(output, OpCheck.Random(new(total, size), 1, 9, 1000)[(first * size)..((first + count) * size)]).Backward();
        return (output.Data.ToArray(), [.. inputs.Select(input => input.Gradient.ToArray())]);
    }
}
