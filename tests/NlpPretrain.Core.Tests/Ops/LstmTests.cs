using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class LstmTests
{
    private const int Steps = 5, Batch = 3, Inputs = 4, Cells = 19, Outputs = 6;

    private static readonly Shape[] Projected = [new(Steps, Batch, Inputs), new(4 * Cells, Inputs), new(4 * Cells, Outputs), new(4 * Cells), new(Outputs, Cells)];
    private static readonly Shape[] Plain = [new(Steps, Batch, Inputs), new(4 * Cells, Inputs), new(4 * Cells, Cells), new(4 * Cells)];

    [Theory]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(0.25f, 0.3f)]
    public void Projected_and_clipped(float cellLimit, float projectionLimit)
    {
        float[] hidden = OpCheck.Random(new(Batch, Outputs), 1, 3), cell = OpCheck.Random(new(Batch, Cells), 0.2f, 4);
        OpCheck.Run(Projected, x => Run(x, hidden, cell, cellLimit, projectionLimit, []).Output, x => Reference(x, hidden, cell, cellLimit, projectionLimit, null));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Short_sequences(int steps)
    {
        float[] hidden = OpCheck.Random(new(Batch, Outputs), 1, 3), cell = OpCheck.Random(new(Batch, Cells), 1, 4);
        OpCheck.Run([new(steps, Batch, Inputs), .. Projected[1..]], x => Run(x, hidden, cell, 3, 3, []).Output, x => Reference(x, hidden, cell, 3, 3, null));
    }

    [Fact]
    public void Without_a_projection()
    {
        float[] hidden = OpCheck.Random(new(Batch, Cells), 1, 3), cell = OpCheck.Random(new(Batch, Cells), 1, 4);
        OpCheck.Run(Plain, x => Run(x, hidden, cell, float.PositiveInfinity, float.PositiveInfinity, []).Output, x => Reference(x, hidden, cell, 1e9, 1e9, null));
    }

    [Fact]
    public void Rows_of_different_lengths()
    {
        int[] lengths = [5, 1, 3];
        float[] hidden = OpCheck.Random(new(Batch, Outputs), 1, 3), cell = OpCheck.Random(new(Batch, Cells), 1, 4);
        OpCheck.Run(Projected, x => Run(x, hidden, cell, 3, 3, lengths).Output, x => Reference(x, hidden, cell, 3, 3, lengths));
    }

    [Theory]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(0.25f, 0.3f)]
    public void First_states_get_gradients_and_all_gradients_add_up(float cellLimit, float projectionLimit)
    {
        int[] lengths = [5, 1, 3];
        OpCheck.Run([.. Projected, new(Batch, Outputs), new(Batch, Cells)], x => Forward(x) + Forward(x) * 2,
            x => [.. Reference(x[..5], x[5], x[6], cellLimit, projectionLimit, lengths).Select(y => 3 * y)], scale: 0.5f);

        Tensor Forward(Tensor[] x) => x[0].Lstm(x[1], x[2], x[3], x[4], x[5], x[6], cellLimit, projectionLimit, lengths).Output;
    }

    [Fact]
    public void First_states_get_gradients_without_a_projection() =>
        OpCheck.Run([.. Plain, new(Batch, Cells), new(Batch, Cells)], x => x[0].Lstm(x[1], x[2], x[3], null, x[4], x[5]).Output, x => Reference(x[..4], x[4], x[5], 1e9, 1e9, null));

    [Fact]
    public void A_first_state_for_both_adds_up() =>
        OpCheck.Run([.. Plain, new(Batch, Cells)], x => x[0].Lstm(x[1], x[2], x[3], null, x[4], x[4]).Output, x => Reference(x[..4], x[4], x[4], 1e9, 1e9, null));

    [Fact]
    public void A_value_that_is_not_a_number_is_not_taken_for_a_clipped_one()
    {
        float[] cell = OpCheck.Random(new(Batch, Cells), 1, 4);
        cell[Cells + 17] = float.NaN;                                                            // of row 1
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor[] x = [.. Projected.Select((shape, i) => pass.Variable(OpCheck.Random(shape, 1, 5, (ulong)i), shape))];
        Tensor hidden = pass.Variable(OpCheck.Random(new(Batch, Outputs)), new(Batch, Outputs)), first = pass.Variable(cell, new(Batch, Cells));
        Tensor output = x[0].Lstm(x[1], x[2], x[3], x[4], hidden, first, 0.25f, 0.3f).Output;
        for (int row = 0; row < Steps * Batch; row++)
            output.Data.Slice(row * Outputs, Outputs).ToArray().Should().OnlyContain(y => float.IsNaN(y) == (row % Batch == 1));

        output.Sum().Backward();
        for (int row = 0; row < Batch; row++)
        {
            hidden.Gradient.Slice(row * Outputs, Outputs).ToArray().Should().OnlyContain(g => float.IsNaN(g) == (row == 1));
            first.Gradient.Slice(row * Cells, Cells).ToArray().Should().Contain(g => float.IsNaN(g) == (row == 1));
        }

        first.Gradient[Cells + 17].Should().Be(float.NaN);
        x[3].Gradient[Cells + 17].Should().Be(float.NaN);                                        // its forget gate
    }

    [Fact]
    public void Steps_behind_a_length_are_zero_and_have_no_part_in_gradients()
    {
        float[][] plain = WithPadding(0, 0), dirty = WithPadding(float.NaN, 0), infinite = WithPadding(float.PositiveInfinity, float.PositiveInfinity);
        for (int i = 0; i < plain.Length; i++) SameBits.Equal(dirty[i], plain[i]).Should().BeTrue($"result {i} does not depend on x behind the lengths");

        for (int row = 0; row < Steps * Batch; row++)
        {
            if (row / Batch < new[] { 5, 1, 3 }[row % Batch]) continue;
            infinite[0].AsSpan(row * Outputs, Outputs).ToArray().Should().OnlyContain(y => y == 0, "the output behind the length is zero");
            infinite[1].AsSpan(row * Inputs, Inputs).ToArray().Should().OnlyContain(g => g == 1, "the gradient of x behind the length is what it was before");
        }

        static float[][] WithPadding(float padding, float weight)
        {
            using TensorArena arena = new(2);
            using Pass pass = Pass.Training(arena);
            Tensor[] x = [.. Projected.Select((shape, i) => pass.Variable(OpCheck.Random(shape, 1, 5, (ulong)i), shape))];
            for (int i = 0; i < x[0].Data.Length; i++)
            {
                if (i / Inputs / Batch >= new[] { 5, 1, 3 }[i / Inputs % Batch]) x[0].Data[i] = padding;
            }

            if (weight != 0) x[1].Data[3] = x[2].Data[7] = x[4].Data[5] = weight;
            Tensor output = x[0].Lstm(x[1], x[2], x[3], x[4], pass.Zeros(new(Batch, Outputs)), pass.Zeros(new(Batch, Cells)), 3, 3, [5, 1, 3]).Output;
            (output.Sum() + x[0].Sum()).Backward();
            return [output.Data.ToArray(), .. x.Select(input => input.Gradient.ToArray())];
        }
    }

    [Fact]
    public void A_sequence_in_two_parts_gives_the_bits_of_the_whole()
    {
        float[][] values = [.. Projected.Select((shape, i) => OpCheck.Random(shape, 1, (ulong)i))];
        using TensorArena arena = new(2);
        using Pass pass = Pass.Inference(arena);
        Tensor[] x = [.. values.Select((v, i) => pass.Copy(v, Projected[i]))];
        Tensor hidden = pass.Zeros(new(Batch, Outputs)), cell = pass.Zeros(new(Batch, Cells));
        LstmResult whole = x[0].Lstm(x[1], x[2], x[3], x[4], hidden, cell, 3, 3);

        const int First = 2 * Batch * Inputs;
        LstmResult first = pass.Copy(values[0].AsSpan(0, First), new(2, Batch, Inputs)).Lstm(x[1], x[2], x[3], x[4], hidden, cell, 3, 3);
        LstmResult second = pass.Copy(values[0].AsSpan(First), new(3, Batch, Inputs)).Lstm(x[1], x[2], x[3], x[4], first.Hidden, first.Cell, 3, 3);
        float[] parts = [.. first.Output.Data.ToArray(), .. second.Output.Data.ToArray()];
        parts.Should().Equal(whole.Output.Data.ToArray());
        second.Hidden.Data.ToArray().Should().Equal(whole.Hidden.Data.ToArray());
        second.Cell.Data.ToArray().Should().Equal(whole.Cell.Data.ToArray());
    }

    [Fact]
    public void Last_states_are_those_of_each_rows_last_step()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor[] x = [.. Projected.Select((shape, i) => pass.Copy(OpCheck.Random(shape, 1, (ulong)i), shape))];
        Tensor hidden = pass.Zeros(new(Batch, Outputs)), cell = pass.Zeros(new(Batch, Cells));
        LstmResult all = x[0].Lstm(x[1], x[2], x[3], x[4], hidden, cell), some = x[0].Lstm(x[1], x[2], x[3], x[4], hidden, cell, lengths: [5, 1, 3]);
        for (int row = 0; row < Batch; row++)
        {
            int last = new[] { 5, 1, 3 }[row] - 1;
            some.Hidden.Data.Slice(row * Outputs, Outputs).ToArray().Should().Equal(all.Output.Data.Slice((last * Batch + row) * Outputs, Outputs).ToArray());
        }
    }

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor[] x = [.. Projected.Select(pass.Zeros)];
        Tensor hidden = pass.Zeros(new(Batch, Outputs)), cell = pass.Zeros(new(Batch, Cells));
        new Action(() => x[0].Lstm(x[1], x[1], x[3], x[4], hidden, cell)).Should().Throw<ArgumentException>().WithMessage("hiddenWeight is [[]76, 4[]]; it needs to be [[]76, 6[]]*".Replace("[[]", "[").Replace("[]]", "]"));
        new Action(() => x[0].Lstm(x[1], x[2], x[3], null, hidden, cell)).Should().Throw<ArgumentException>().WithMessage("Without a projection*");
        new Action(() => x[0].Lstm(x[1], x[2], x[3], x[4], hidden, cell, lengths: [1, 6, 1])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("The length of row 1 is 6; lengths are 1 to 5*");
        new Action(() => x[0].Lstm(x[1], x[2], x[3], x[4], hidden, cell, cellLimit: 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("cellLimit is 0; it must be above 0*");
        new Action(() => x[0].Lstm(x[1], x[2], x[3], x[4], hidden, cell, projectionLimit: float.NaN)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("projectionLimit is NaN*");
    }

    private static LstmResult Run(Tensor[] x, float[] hidden, float[] cell, float cellLimit, float projectionLimit, int[] lengths) => x[0].Lstm(
        x[1], x[2], x[3], x.Length > 4 ? x[4] : null, x[0].Pass.Copy(hidden, new(Batch, hidden.Length / Batch)), x[0].Pass.Copy(cell, new(Batch, Cells)), cellLimit, projectionLimit, lengths);

    private static double[] Reference(double[][] x, float[] hidden, float[] cell, double cellLimit, double projectionLimit, int[]? lengths) =>
        Reference(x, [.. hidden.Select(v => (double)v)], [.. cell.Select(v => (double)v)], cellLimit, projectionLimit, lengths);

    private static double[] Reference(double[][] x, double[] hidden, double[] cell, double cellLimit, double projectionLimit, int[]? lengths)
    {
        int outputs = hidden.Length / Batch, steps = x[0].Length / (Batch * Inputs);
        double[] result = new double[steps * Batch * outputs];
        for (int row = 0; row < Batch; row++)
        {
            double[] h = [.. hidden.Skip(row * outputs).Take(outputs)], c = [.. cell.Skip(row * Cells).Take(Cells)];
            for (int step = 0; step < (lengths?[row] ?? steps); step++)
            {
                double[] gate = new double[4 * Cells], m = new double[Cells];
                for (int k = 0; k < gate.Length; k++)
                {
                    gate[k] = x[3][k];
                    for (int i = 0; i < Inputs; i++) gate[k] += x[1][k * Inputs + i] * x[0][(step * Batch + row) * Inputs + i];
                    for (int i = 0; i < outputs; i++) gate[k] += x[2][k * outputs + i] * h[i];
                }

                for (int k = 0; k < Cells; k++)
                {
                    c[k] = Math.Clamp(Sigmoid(gate[Cells + k]) * c[k] + Sigmoid(gate[k]) * Math.Tanh(gate[2 * Cells + k]), -cellLimit, cellLimit);
                    m[k] = Sigmoid(gate[3 * Cells + k]) * Math.Tanh(c[k]);
                }

                for (int p = 0; p < outputs; p++)
                {
                    h[p] = x.Length > 4 ? Math.Clamp(Enumerable.Range(0, Cells).Sum(k => x[4][p * Cells + k] * m[k]), -projectionLimit, projectionLimit) : m[p];
                    result[(step * Batch + row) * outputs + p] = h[p];
                }
            }
        }

        return result;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
