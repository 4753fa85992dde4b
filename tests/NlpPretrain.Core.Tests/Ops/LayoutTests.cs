using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class LayoutTests
{
    [Fact]
    public void Reshapes_without_a_copy()
    {
        OpCheck.Run([new(2, 6)], x => x[0].Reshape(new(3, 4)) + x[0].Reshape(new(3, 4)) * x[0].Reshape(new(3, 4)), x => [.. x[0].Select(a => a + a * a)]);

        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor source = pass.Zeros(new(2, 6)), view = source.Reshape(new(12));
        source.Data[7] = 5;
        view.Data[7].Should().Be(5);
        view.Shape.Should().Be(new Shape(12));
        new Action(() => source.Reshape(new(2, 7))).Should().Throw<ArgumentException>().WithMessage("*[2, 6] of 12 values cannot become [2, 7], which has 14*");
    }

    [Fact]
    public void A_view_sees_its_own_gradient_alone()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor source = pass.Variable([1, 2], new(2)), view = source.Reshape(new(1, 2));
        (source * 3 + view.Reshape(new(2))).Sum().Backward();
        view.Gradient.ToArray().Should().Equal(1, 1);
        source.Gradient.ToArray().Should().Equal(4, 4);
    }

    [Theory]
    [InlineData(0, 0, 2)]
    [InlineData(0, 1, 2)]
    [InlineData(1, 1, 3)]
    [InlineData(2, 2, 3)]
    [InlineData(-1, 4, 1)]
    [InlineData(-2, 0, 4)]
    public void Slices_any_axis(int axis, int start, int length)
    {
        Shape shape = new(3, 4, 5);
        OpCheck.Run([shape], x => x[0].Slice(axis, start, length) + x[0].Slice(axis, start, length), x => [.. Stretch(x[0], shape, axis < 0 ? axis + 3 : axis, start, length).Select(a => 2 * a)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    public void Concatenates_along_any_axis_and_slices_apart_again(int axis)
    {
        int index = axis < 0 ? axis + 3 : axis;
        Shape first = new(2, 3, 4), second = index == 0 ? new(5, 3, 4) : index == 1 ? new(2, 5, 4) : new(2, 3, 5);
        OpCheck.Run([first, second], x => Tensor.Concatenate([x[0], x[1], x[0]], axis), x => Joined(x, index));

        using TensorArena arena = new(2);
        using Pass pass = Pass.Training(arena);
        Tensor left = pass.Copy(OpCheck.Random(first), first), right = pass.Copy(OpCheck.Random(second), second), whole = left.Concatenate(right, axis);
        whole.Slice(axis, 0, first[index]).Data.ToArray().Should().Equal(left.Data.ToArray());
        whole.Slice(axis, first[index], 5).Data.ToArray().Should().Equal(right.Data.ToArray());

        double[] Joined(double[][] x, int index)
        {
            int outer = Enumerable.Range(0, index).Aggregate(1, (product, i) => product * first[i]);
            return [.. Enumerable.Range(0, outer).SelectMany(o => new[] { 0, 1, 0 }.SelectMany(which => Block(x[which], o, outer)))];
        }

        static double[] Block(double[] x, int outer, int count) => x[(outer * x.Length / count)..((outer + 1) * x.Length / count)];
    }

    [Fact]
    public void Concatenates_more_than_eight_tensors_and_parameters()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor[] parts = [.. Enumerable.Range(0, 13).Select(i => i == 0 ? new Parameter("row", new(1, 2)) : pass.Copy([i, -i], new(1, 2)))];
        Tensor.Concatenate(parts, 0).Data.ToArray().Should().Equal(Enumerable.Range(0, 13).SelectMany(i => new float[] { i, -i }));
    }

    [Fact]
    public void Splits_into_equal_parts()
    {
        OpCheck.Run([new(3, 6)], x => SecondOfThree(x[0]), x => [.. x[0].Where((_, i) => i % 6 is 2 or 3)]);
        OpCheck.Run([new(3, 6)], x => x[0].Halve().First * x[0].Halve().Second, x => [.. Enumerable.Range(0, 9).Select(i => x[0][i / 3 * 6 + i % 3] * x[0][i / 3 * 6 + i % 3 + 3])]);

        static Tensor SecondOfThree(Tensor x)
        {
            Tensor[] parts = new Tensor[3];
            x.Split(parts);
            return parts[1];
        }
    }

    [Fact]
    public void Gathers_rows_and_adds_repeated_ones() =>
        OpCheck.Run([new(2, 3, 5)], x => x[0].GatherRows([4, 0, 4, 4, 5]), x => [.. new[] { 4, 0, 4, 4, 5 }.SelectMany(row => x[0][(row * 5)..(row * 5 + 5)])]);

    [Fact]
    public void Gathers_rows_of_several_pieces() =>
        OpCheck.Run([new(2, 300)], x => x[0].GatherRows([1, 0, 1]), x => [.. new[] { 1, 0, 1 }.SelectMany(row => x[0][(row * 300)..(row * 300 + 300)])]);

    [Fact]
    public void Reverses_within_lengths() =>
        OpCheck.Run([new(3, 4, 2)], x => x[0].ReverseWithinLengths([4, 0, 3]) + x[0].ReverseWithinLengths([4, 0, 3]) * 2, x => Reversed(x[0]));

    [Fact]
    public void Reversing_twice_changes_nothing()
    {
        using TensorArena arena = new(2);
        using Pass pass = Pass.Inference(arena);
        Tensor x = pass.Copy(OpCheck.Random(new(3, 4, 2)), new(3, 4, 2));
        x.ReverseWithinLengths([2, 4, 1]).ReverseWithinLengths([2, 4, 1]).Data.ToArray().Should().Equal(x.Data.ToArray());
    }

    [Fact]
    public void Bits_do_not_depend_on_workers()
    {
        SameBits.OnAnyWorkers([new(40, 30, 64), new(40, 7, 64)], x => x[0].Concatenate(x[1], 1).Slice(1, 3, 30).Slice(2, 1, 60));
        int[] rows = [.. Enumerable.Range(0, 900).Select(i => i * i % 40)], lengths = [.. Enumerable.Range(0, 40).Select(i => i % 31)];
        SameBits.OnAnyWorkers([new(40, 300)], x => x[0].GatherRows(rows));
        SameBits.OnAnyWorkers([new(40, 30, 64)], x => x[0].ReverseWithinLengths(lengths).Reshape(new(1200, 64)));
    }

    [Fact]
    public void Refuses_what_is_not_there()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Zeros(new(2, 3, 4));
        new Action(() => x.Slice(3, 0, 1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*has the axes 0 to 2*");
        new Action(() => x.Slice(-4, 0, 1)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => x.Slice(1, 3, 1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*has the indices 0 to 2*");
        new Action(() => x.Slice(1, 1, 3)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*From index 1 on, axis 1 of [2, 3, 4] has 2*");
        new Action(() => x.Slice(1, 1, 0)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => x.Split(new Tensor[3])).Should().Throw<ArgumentException>().WithMessage("*has 4 indices*3 equal parts*");
        new Action(() => x.Split([])).Should().Throw<ArgumentException>();
        new Action(() => x.Slice(2, 0, 3).Halve()).Should().Throw<ArgumentException>().WithMessage("*two halves*");
        new Action(() => Tensor.Concatenate([])).Should().Throw<ArgumentException>();
        new Action(() => x.Concatenate(pass.Zeros(new(2, 2, 4)))).Should().Throw<ArgumentException>().WithMessage("*Part 1 is [2, 2, 4] and part 0 [2, 3, 4]*axis 2*");
        new Action(() => x.Concatenate(pass.Zeros(new(2, 3)), 0)).Should().Throw<ArgumentException>();
        new Action(() => x.GatherRows([0, 6])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Row 6, at place 1*0 to 5*");
        new Action(() => x.GatherRows([-1])).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => x.GatherRows([])).Should().Throw<ArgumentException>();
        new Action(() => x.ReverseWithinLengths([1])).Should().Throw<ArgumentException>().WithMessage("*1 lengths*2 sequences*");
        new Action(() => x.ReverseWithinLengths([1, 4])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Length 4, of sequence 1, is not one from 0 to 3*");
        new Action(() => x.Reshape(new(6, 4)).ReverseWithinLengths([1])).Should().Throw<ArgumentException>().WithMessage("*[B, T, C]*");
    }

    private static double[] Stretch(double[] x, Shape shape, int axis, int start, int length)
    {
        List<double> result = [];
        for (int i = 0; i < shape[0]; i++)
        {
            for (int j = 0; j < shape[1]; j++)
            {
                for (int k = 0; k < shape[2]; k++)
                {
                    int at = axis switch { 0 => i, 1 => j, _ => k };
                    if (at >= start && at < start + length) result.Add(x[(i * shape[1] + j) * shape[2] + k]);
                }
            }
        }

        return [.. result];
    }

    private static double[] Reversed(double[] x)
    {
        int[] lengths = [4, 0, 3];
        double[] y = new double[x.Length];
        for (int b = 0; b < 3; b++)
        {
            for (int t = 0; t < 4; t++)
            {
                int from = t < lengths[b] ? lengths[b] - 1 - t : t;
                for (int c = 0; c < 2; c++) y[(b * 4 + t) * 2 + c] = 3 * x[(b * 4 + from) * 2 + c];
            }
        }

        return y;
    }
}
